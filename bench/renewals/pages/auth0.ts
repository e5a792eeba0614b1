import { Auth0Client } from '@auth0/auth0-spa-js'
import { goHome, redirectUri, serve } from './harness.ts'

const auth0 = new Auth0Client({
  domain: serverUrl,
  clientId: 'app',
  authorizationParams: { redirect_uri: redirectUri, scope: 'openid' },
  useRefreshTokens: true,
  // By default each tab has tokens of its own.
  cacheLocation: 'localstorage',
})

serve({
  signIn: () => auth0.loginWithRedirect(),
  signedIn: () => auth0.handleRedirectCallback().then(goHome),
  token: () => auth0.getTokenSilently(),
})
