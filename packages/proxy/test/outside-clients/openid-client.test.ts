import * as oauth from 'openid-client'
import { expect, test } from 'vitest'
import { describeWithRedis, startRedis } from '../redis-server.ts'
import { client, redirectUri } from '../stage.ts'
import { startDeployment } from './deployment.ts'

test.each(['pkce', 'direct'] as const)(
  'signs in, renews and calls the API, in mode %s',
  async (mode) => {
    const { deployment, app } = await startApp(mode)
    const tokens = await app.redeem(await deployment.signIn(app.authorizationRequest))
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 86_400 })

    const renewed = await app.renew(tokens.refresh_token)
    expect(renewed).toMatchObject({ token_type: 'bearer', refresh_token: expect.any(String) })
    expect(renewed.access_token).not.toBe(tokens.access_token)

    const answer = await app.get('/1/user/resources', renewed.access_token)
    expect(await answer.json()).toMatchObject({ resources: { primary_email: 'joan@scdp.com' } })
  },
)

test('is told that the user said no', async () => {
  const { deployment, app } = await startApp()
  const url = await deployment.signIn(app.authorizationRequest, 'deny')
  await expect(app.redeem(url)).rejects.toMatchObject({ error: 'access_denied' })
})

test('refuses an authorization response of another issuer', async () => {
  const { deployment, app } = await startApp()
  const url = await deployment.signIn(app.authorizationRequest)
  url.searchParams.set('iss', 'https://evil.example')
  await expect(app.redeem(url)).rejects.toMatchObject({ code: 'OAUTH_INVALID_RESPONSE' })
})

test('renews with the key of the sign-in only, and in a new process too', async () => {
  const { deployment, app } = await startApp()
  const { refresh_token } = await app.redeem(await deployment.signIn(app.authorizationRequest))
  const otherKey = await oauth.randomDPoPKeyPair()
  await expect(app.renew(refresh_token, otherKey)).rejects.toMatchObject({ error: 'invalid_grant' })

  const reopened = await openApp(deployment.publicUrl)
  await expect(reopened.renew(refresh_token, app.keys)).resolves.toMatchObject({
    token_type: 'bearer',
  })
})

test('sees a dead refresh token as invalid_grant', async () => {
  const { deployment, app } = await startApp()
  const { refresh_token } = await app.redeem(await deployment.signIn(app.authorizationRequest))
  deployment.sandbox.revokeRefreshTokens()
  const refused = app.renew(refresh_token)
  await expect(refused).rejects.toBeInstanceOf(oauth.ResponseBodyError)
  await expect(refused).rejects.toMatchObject({ status: 400, error: 'invalid_grant' })
})

describeWithRedis('with Redis', () => {
  test('revokes a refresh token, which is dead from then on', async () => {
    const { url: redisUrl } = await startRedis()
    const { deployment, app } = await startApp('pkce', redisUrl)
    const { refresh_token } = await app.redeem(await deployment.signIn(app.authorizationRequest))
    const renewed = await app.renew(refresh_token)
    await app.revoke(renewed.refresh_token)
    for (const dead of [refresh_token, renewed.refresh_token]) {
      await expect(app.renew(dead)).rejects.toMatchObject({ status: 400, error: 'invalid_grant' })
    }
  })
})

async function startApp(mode: 'pkce' | 'direct' = 'pkce', redisUrl?: string) {
  const deployment = await startDeployment({ mode, ...(redisUrl && { redisUrl }) })
  return { deployment, app: await openApp(deployment.publicUrl) }
}

async function openApp(publicUrl: string) {
  const config = await oauth.discovery(
    new URL(publicUrl),
    client.clientId,
    undefined,
    oauth.None(),
    { algorithm: 'oauth2', execute: [oauth.allowInsecureRequests] },
  )
  const keys = await oauth.randomDPoPKeyPair()
  const codeVerifier = oauth.randomPKCECodeVerifier()
  const state = oauth.randomState()

  const authorizationRequest = oauth.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    dpop_jkt: await oauth.getDPoPHandle(config, keys).calculateThumbprint(),
  })
  const DPoP = oauth.getDPoPHandle(config, keys)

  return {
    keys,
    authorizationRequest,

    redeem: (url: URL) =>
      oauth.authorizationCodeGrant(
        config,
        url,
        { pkceCodeVerifier: codeVerifier, expectedState: state },
        undefined,
        { DPoP },
      ),

    renew: (refreshToken = '', otherKeys?: oauth.CryptoKeyPair) =>
      oauth.refreshTokenGrant(config, refreshToken, undefined, {
        DPoP: otherKeys ? oauth.getDPoPHandle(config, otherKeys) : DPoP,
      }),

    revoke: (refreshToken = '') => oauth.tokenRevocation(config, refreshToken),

    get: (path: string, accessToken: string) =>
      oauth.fetchProtectedResource(config, accessToken, new URL(path, publicUrl), 'GET'),
  }
}
