import { createRoambi, type Roambi } from '@roambi-auth/browser'

/** Made once, outside of all components: the one client that the whole app shares. */
export const roambi: Roambi = createRoambi({
  clientId: import.meta.env.VITE_ROAMBI_CLIENT_ID,
  proxyUrl: import.meta.env.VITE_ROAMBI_PROXY_URL ?? location.origin,
})
