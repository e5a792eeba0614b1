/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** From the Vite plugin. */
  readonly VITE_ROAMBI_CLIENT_ID: string
  /** Where the proxy runs, if that is not the app's own origin. */
  readonly VITE_ROAMBI_PROXY_URL?: string
}
