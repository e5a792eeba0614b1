import { roambi } from '@roambi-auth/proxy/vite'
import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig } from 'vite'

export default defineConfig({
  // Without `sandbox`, it is Roambi itself, with the client secret of `ROAMBI_CLIENT_SECRET`.
  plugins: [react(), roambi({ sandbox: true })],
  build: { rolldownOptions: { input: ['index.html', 'callback.html'] } },
  // In this repository alone: the neighbour packages are read from source.
  resolve: { conditions: ['@roambi-auth/source', ...defaultClientConditions] },
})
