import { Auth0Client } from '@auth0/auth0-spa-js'

const auth0 = new Auth0Client({
  domain: 'auth.example.com',
  clientId: 'app',
  useRefreshTokens: true,
  cacheLocation: 'localstorage',
})

export const signIn = () => auth0.loginWithPopup()
export const token = () => auth0.getTokenSilently()
export const signOut = () => auth0.logout()
