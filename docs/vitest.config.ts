import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Without `import`: it would count for what is required as well, which Vue's compiler can't take.
  ssr: { resolve: { conditions: ['@roambi-auth/source', 'node'] } },
  test: {
    // Of the chapters' own projects, only their own runs know the tests.
    include: ['test/**/*.test.ts'],
    globalSetup: '../examples/spa/test/engines/find.ts',
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // After the packages, and one after another: these start programs, or a browser.
    maxWorkers: 1,
    sequence: { groupOrder: 1 },
  },
})
