import { defineConfig } from 'vitest/config'

export default defineConfig({
  ssr: { resolve: { conditions: ['@roambi-auth/source', 'node', 'import', 'default'] } },
  test: { maxWorkers: '100%', testTimeout: 60_000 },
})
