import { build, type InlineConfig } from 'vite'

/** What the pages must know; it is written into their files. */
export interface PageSettings {
  readonly clientId: string
  readonly proxyUrl: string
  /** Of the sandbox, or of what hands its levers on. */
  readonly sandboxUrl: string
}

/** Builds the pages into a folder, as they would be deployed. */
export async function buildPages(folder: string, settings: PageSettings): Promise<void> {
  await build({ ...pageConfig(settings), build: { outDir: folder, emptyOutDir: true } })
}

/** What Vite must be told, whether it builds or serves. */
export function pageConfig({ clientId, proxyUrl, sandboxUrl }: PageSettings): InlineConfig {
  return {
    root: import.meta.dirname,
    logLevel: 'warn',
    define: {
      'import.meta.env.VITE_ROAMBI_CLIENT_ID': JSON.stringify(clientId),
      'import.meta.env.VITE_PROXY_URL': JSON.stringify(proxyUrl),
      'import.meta.env.VITE_SANDBOX_URL': JSON.stringify(sandboxUrl),
    },
  }
}
