import { generateCodeVerifier, OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client'
import { expect, test } from 'vitest'
import { client, redirectUri } from '../stage.ts'
import { startDeployment } from './deployment.ts'

test('signs in, calls the API and renews when the access token has died', async () => {
  const { deployment, app, signIn } = await startApp()
  const signedIn = new OAuth2Fetch({ client: app, getNewToken: () => signIn() })
  const getResources = async () => {
    const answer = await signedIn.fetch(`${deployment.publicUrl}/1/user/resources`)
    return answer.json()
  }
  expect(await getResources()).toMatchObject({ resources: { primary_email: 'joan@scdp.com' } })
  const tokens = await signedIn.getToken()

  deployment.sandbox.expireAccessTokens()
  expect(await getResources()).toMatchObject({ resources: { primary_email: 'joan@scdp.com' } })
  const renewed = await signedIn.getToken()
  expect(renewed.accessToken).not.toBe(tokens.accessToken)
  expect(deployment.sandbox.tokenRequests.map(({ grantType }) => grantType)).toEqual([
    'authorization_code',
    'refresh_token',
  ])
})

test('is told that the user said no', async () => {
  const { signIn } = await startApp()
  await expect(signIn('deny')).rejects.toMatchObject({ oauth2Code: 'access_denied' })
})

test('sees a dead refresh token as invalid_grant, and no failure of Roambi as one', async () => {
  const { deployment, app, signIn } = await startApp()
  const tokens = await signIn()
  deployment.sandbox.failNext('html')
  await expect(app.refreshToken(tokens)).rejects.toMatchObject({ oauth2Code: 'server_error' })
  const renewed = await app.refreshToken(tokens)
  deployment.sandbox.revokeRefreshTokens()
  await expect(app.refreshToken(renewed)).rejects.toMatchObject({ oauth2Code: 'invalid_grant' })
})

async function startApp() {
  const deployment = await startDeployment({ refreshTokens: 'bearer' })
  const app = new OAuth2Client({ server: deployment.publicUrl, clientId: client.clientId })

  async function signIn(decision?: 'allow' | 'deny') {
    const codeVerifier = await generateCodeVerifier()
    const state = 'state-of-the-app'
    const url = await app.authorizationCode.getAuthorizeUri({ redirectUri, state, codeVerifier })
    const response = await deployment.signIn(url, decision)
    return app.authorizationCode.getTokenFromCodeRedirect(response, {
      redirectUri,
      state,
      codeVerifier,
    })
  }
  return { deployment, app, signIn }
}
