import { defineConfig } from 'vitest/config'

export default defineConfig({
  ssr: { resolve: { conditions: ['@roambi-auth/source', 'node', 'import', 'default'] } },
  // A browser on a busy machine takes its time; each wait in the tests has its own, shorter limit.
  test: {
    globalSetup: '../spa/test/engines/find.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A browser may lose its driver, or its driver the browser: once more, in a new tab.
    retry: 1,
    // After the packages, which share the machine well; browsers don't.
    maxWorkers: 1,
    sequence: { groupOrder: 1 },
  },
})
