import { defineConfig } from 'vite'

export default defineConfig({
  build: {
    target: 'es2022',
    sourcemap: true,
    lib: {
      entry: { index: 'src/index.ts', callback: 'src/callback.ts', react: 'src/react.ts' },
      formats: ['es'],
    },
    rolldownOptions: { external: ['idb-keyval', 'ky', 'react'] },
  },
})
