import * as oauth from 'oauth4webapi'
import { expect, test } from 'vitest'
import { describeWithRedis, startRedis } from '../redis-server.ts'
import { client, redirectUri } from '../stage.ts'
import { startDeployment } from './deployment.ts'

test('signs in, renews and calls the API, with DPoP and its nonce', async () => {
  const { deployment, app } = await startApp()
  const response = app.validate(await deployment.signIn(app.authorizationRequest))

  await expect(app.redeem(response)).rejects.toSatisfy(oauth.isDPoPNonceError)
  const tokens = await app.redeem(response)
  expect(tokens).toEqual({
    access_token: expect.any(String),
    token_type: 'bearer',
    expires_in: 86_400,
    refresh_token: expect.any(String),
    scope: 'reports users',
  })
  const renewed = await app.renew(tokens.refresh_token)
  expect(renewed).toEqual({
    ...tokens,
    access_token: expect.any(String),
    refresh_token: expect.any(String),
  })
  expect(renewed.access_token).not.toBe(tokens.access_token)

  const answer = await app.get('/1/user/resources', renewed.access_token)
  expect(await answer.json()).toMatchObject({ resources: { primary_email: 'joan@scdp.com' } })
})

test('is told that the user said no', async () => {
  const { deployment, app } = await startApp()
  const url = await deployment.signIn(app.authorizationRequest, 'deny')
  expect(errorOf(() => app.validate(url))).toMatchObject({
    code: oauth.AUTHORIZATION_RESPONSE_ERROR,
    error: 'access_denied',
  })
})

test('refuses an authorization response of another issuer, and one of no issuer', async () => {
  const { deployment, app } = await startApp()
  const url = await deployment.signIn(app.authorizationRequest)
  const [foreign, anonymous] = [new URL(url), new URL(url)]
  foreign.searchParams.set('iss', 'https://evil.example')
  anonymous.searchParams.delete('iss')
  for (const refused of [foreign, anonymous]) {
    expect(errorOf(() => app.validate(refused))).toMatchObject({ code: oauth.INVALID_RESPONSE })
  }
  expect(app.validate(url).get('code')).toEqual(expect.any(String))
})

test('gets nothing for a code or a refresh token with another key', async () => {
  const { deployment, app } = await startApp()
  const otherKey = oauth.DPoP(metadata, await oauth.generateKeyPair('ES256'))
  const response = app.validate(await deployment.signIn(app.authorizationRequest))

  const redeem = (key?: oauth.DPoPHandle) => withNonce(() => app.redeem(response, key))
  await expect(redeem(otherKey)).rejects.toMatchObject({ status: 400, error: 'invalid_grant' })
  const { refresh_token } = await redeem()

  const renew = (key?: oauth.DPoPHandle) => withNonce(() => app.renew(refresh_token, key))
  await expect(renew(otherKey)).rejects.toMatchObject({ status: 400, error: 'invalid_grant' })
  await expect(renew()).resolves.toMatchObject({ token_type: 'bearer' })
})

test('sees a dead refresh token as invalid_grant', async () => {
  const { deployment, app } = await startApp()
  const { refresh_token } = await signIn(deployment, app)
  deployment.sandbox.revokeRefreshTokens()
  const refused = app.renew(refresh_token)
  await expect(refused).rejects.toBeInstanceOf(oauth.ResponseBodyError)
  await expect(refused).rejects.toMatchObject({ status: 400, error: 'invalid_grant' })
})

test.each([
  ['html', 1],
  ['reset', 1],
  ['internal_server_error', 2],
  [503, 1],
] as const)('sees no invalid_grant in a failure of Roambi: %s', async (fault, times) => {
  const { deployment, app } = await startApp()
  const { refresh_token } = await signIn(deployment, app)
  deployment.sandbox.failNext(fault, { times })
  await expect(app.renew(refresh_token)).rejects.toMatchObject({
    code: oauth.RESPONSE_IS_NOT_CONFORM,
  })
  await expect(app.renew(refresh_token)).resolves.toMatchObject({ token_type: 'bearer' })
})

describeWithRedis('with Redis', () => {
  test('revokes a refresh token, and is told that an access token stays', async () => {
    const { url: redisUrl } = await startRedis()
    const { deployment, app } = await startApp({ redisUrl })
    const { access_token, refresh_token } = await signIn(deployment, app)
    await expect(app.revoke(access_token, 'access_token')).rejects.toMatchObject({
      error: 'unsupported_token_type',
    })
    await app.revoke(refresh_token, 'refresh_token')
    await app.revoke(refresh_token)
    await expect(app.renew(refresh_token)).rejects.toMatchObject({
      status: 400,
      error: 'invalid_grant',
    })
  })
})

type Deployment = Awaited<ReturnType<typeof startDeployment>>
type App = Awaited<ReturnType<typeof openApp>>

const metadata: oauth.Client = { client_id: client.clientId }
const insecure = { [oauth.allowInsecureRequests]: true }

async function startApp(settings: Parameters<typeof startDeployment>[0] = {}) {
  const deployment = await startDeployment(settings)
  return { deployment, app: await openApp(deployment.publicUrl) }
}

async function openApp(publicUrl: string) {
  const issuer = new URL(publicUrl)
  const discovery = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure })
  const server = await oauth.processDiscoveryResponse(issuer, discovery)
  const key = oauth.DPoP(metadata, await oauth.generateKeyPair('ES256'))
  const codeVerifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()

  const authorizationRequest = new URL(server.authorization_endpoint ?? '')
  authorizationRequest.search = new URLSearchParams({
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: redirectUri,
    scope: 'reports users',
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    dpop_jkt: await key.calculateThumbprint(),
  }).toString()

  return {
    authorizationRequest,
    validate: (url: URL) => oauth.validateAuthResponse(server, metadata, url, state),

    async redeem(response: URLSearchParams, DPoP = key) {
      const answer = await oauth.authorizationCodeGrantRequest(
        server,
        metadata,
        oauth.None(),
        response,
        redirectUri,
        codeVerifier,
        { DPoP, ...insecure },
      )
      return oauth.processAuthorizationCodeResponse(server, metadata, answer)
    },

    async renew(refreshToken = '', DPoP = key) {
      const answer = await oauth.refreshTokenGrantRequest(
        server,
        metadata,
        oauth.None(),
        refreshToken,
        { DPoP, ...insecure },
      )
      return oauth.processRefreshTokenResponse(server, metadata, answer)
    },

    async revoke(token = '', hint?: string) {
      const additionalParameters = { ...(hint && { token_type_hint: hint }) }
      const answer = await oauth.revocationRequest(server, metadata, oauth.None(), token, {
        additionalParameters,
        ...insecure,
      })
      return oauth.processRevocationResponse(answer)
    },

    get: (path: string, accessToken: string) =>
      oauth.protectedResourceRequest(
        accessToken,
        'GET',
        new URL(path, issuer),
        undefined,
        undefined,
        insecure,
      ),
  }
}

async function signIn(deployment: Deployment, app: App) {
  const response = app.validate(await deployment.signIn(app.authorizationRequest))
  return withNonce(() => app.redeem(response))
}

/** As the library's own examples do it: its DPoP handle keeps the nonce. */
async function withNonce<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request()
  } catch (error) {
    if (oauth.isDPoPNonceError(error)) return request()
    throw error
  }
}

function errorOf(attempt: () => unknown): unknown {
  try {
    return attempt()
  } catch (error) {
    return error
  }
}
