import { defineConfig } from 'vitest/config'

export default defineConfig({
  ssr: { resolve: { conditions: ['@roambi-auth/source', 'node', 'import', 'default'] } },
  test: {
    globalSetup: ['../examples/spa/test/engines/find.ts', './test/pack.ts'],
    // A compiler, a package manager or a browser on a busy machine, and a registry that is slow.
    testTimeout: 240_000,
    hookTimeout: 300_000,
    // After the packages, and one after another: these start programs, or a browser.
    maxWorkers: 1,
    sequence: { groupOrder: 1 },
  },
})
