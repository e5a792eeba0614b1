import { PublicClientApplication } from '@azure/msal-browser'

const msal = new PublicClientApplication({
  auth: { clientId: 'app', authority: 'https://auth.example.com' },
  cache: { cacheLocation: 'localStorage' },
})

export const start = () => msal.initialize()
export const signIn = () => msal.loginPopup({ scopes: [] })
export const token = async () => (await msal.acquireTokenSilent({ scopes: [] })).accessToken
export const signOut = () => msal.logoutPopup()
