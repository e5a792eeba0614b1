import { defineConfig } from 'vite'

export default defineConfig({
  build: {
    target: 'es2022',
    sourcemap: true,
    lib: {
      entry: { index: 'src/index.ts', callback: 'src/callback.ts', react: 'src/react.ts' },
      formats: ['es'],
    },
    rolldownOptions: {
      external: ['idb-keyval', 'ky', 'react'],
      onLog(level, log, handle) {
        // 'use client' in react.ts. It is preserved, since the file is an entry.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log)
      },
    },
  },
})
