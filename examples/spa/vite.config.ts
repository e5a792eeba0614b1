import { defaultClientConditions, defineConfig } from 'vite'

export default defineConfig({
  // The neighbour packages are read from source: no build before a start.
  resolve: { conditions: ['@roambi-auth/source', ...defaultClientConditions] },
  build: { rolldownOptions: { input: ['index.html', 'callback.html'] } },
})
