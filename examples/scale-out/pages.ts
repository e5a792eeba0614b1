import { fileURLToPath } from 'node:url'
import { build } from 'vite'

export interface PageSettings {
  readonly clientId: string
  readonly proxyUrl: string
  readonly sandboxUrl: string
}

/** Builds the pages of `examples/spa` into a folder, as they would be deployed. */
export async function buildPages(
  folder: string,
  { clientId, proxyUrl, sandboxUrl }: PageSettings,
): Promise<void> {
  await build({
    root: fileURLToPath(new URL('../spa', import.meta.url)),
    logLevel: 'warn',
    define: {
      'import.meta.env.VITE_ROAMBI_CLIENT_ID': JSON.stringify(clientId),
      'import.meta.env.VITE_PROXY_URL': JSON.stringify(proxyUrl),
      'import.meta.env.VITE_SANDBOX_URL': JSON.stringify(sandboxUrl),
    },
    build: { outDir: folder, emptyOutDir: true },
  })
}
