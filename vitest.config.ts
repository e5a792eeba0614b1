import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: ['packages/*', 'examples/*', 'docs', 'bench', 'packaging'],
    silent: 'passed-only',
  },
})
