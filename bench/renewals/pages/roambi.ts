import { createRoambi } from '@roambi-auth/browser'
import { handleCallback } from '@roambi-auth/browser/callback'
import { serve } from './harness.ts'

const roambi = createRoambi({ clientId: 'app', proxyUrl: serverUrl })
// A redirect is ended by the page that it comes back to.
if (location.pathname === '/') roambi.subscribe(() => {})

serve({
  signIn: () => roambi.login({ display: 'redirect' }),
  signedIn: () => handleCallback(),
  token: () => roambi.getAccessToken(),
})
