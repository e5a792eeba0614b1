import { createRoambi, type Roambi } from '@roambi-auth/browser'

const settings = import.meta.env

/** Who is signed in, and the way to Roambi's API: the one object that the whole app shares. */
export const roambi: Roambi = createRoambi({
  clientId: settings.VITE_ROAMBI_CLIENT_ID,
  proxyUrl: settings.VITE_PROXY_URL,
})
