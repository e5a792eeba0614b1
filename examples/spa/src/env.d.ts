/// <reference types="vite/client" />

interface ImportMetaEnv {
  readonly VITE_ROAMBI_CLIENT_ID: string
  readonly VITE_PROXY_URL: string
  readonly VITE_SANDBOX_URL: string
}
