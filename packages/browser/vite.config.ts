import { defineConfig } from 'vitest/config'

export default defineConfig({
  build: {
    target: 'es2022',
    sourcemap: true,
    lib: {
      entry: { index: 'src/index.ts', callback: 'src/callback.ts' },
      formats: ['es'],
    },
    rolldownOptions: { external: ['ky', 'idb-keyval'] },
  },
  ssr: { resolve: { conditions: ['@roambi-auth/source', 'node', 'import', 'default'] } },
  test: {
    environment: 'happy-dom',
    environmentOptions: { happyDOM: { url: 'http://localhost:5173/' } },
  },
})
