import { OktaAuth } from '@okta/okta-auth-js/core'

const okta = new OktaAuth({
  issuer: 'https://auth.example.com',
  clientId: 'app',
  redirectUri: 'https://app.example.com/callback.html',
  tokenManager: { autoRenew: true },
})

export const signIn = async () => {
  const { tokens } = await okta.token.getWithPopup()
  okta.tokenManager.setTokens(tokens)
}
export const token = async () => (await okta.tokenManager.getTokens()).accessToken?.accessToken
export const signOut = () => okta.signOut()
