import { defineConfig } from 'vitest/config'

export default defineConfig({
  ssr: { resolve: { conditions: ['@roambi-auth/source', 'node', 'import', 'default'] } },
  test: {
    globalSetup: '../spa/test/engines/find.ts',
    // A busy machine takes its time to start six programs; each wait has its own limit.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // After the packages, and one after another: each starts six programs, or a browser.
    maxWorkers: 1,
    sequence: { groupOrder: 1 },
  },
})
