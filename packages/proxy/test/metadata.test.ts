import { calculateThumbprint, generateKeyPair, generateProof, type JWSAlgorithm } from 'dpop'
import Fastify from 'fastify'
import { describe, expect, onTestFinished, test } from 'vitest'
import { roambiProxy } from '../src/index.ts'
import { authorizationResponseOf, codeVerifier, openApp, startApp, tokenUrl } from './app.ts'
import { rawRequest } from './raw-request.ts'
import {
  appOrigin,
  client,
  codeForm,
  publicUrl,
  redirectUri,
  sealingKeys,
  startPlainStage,
  startProxy,
  startStage,
} from './stage.ts'

const path = '/.well-known/oauth-authorization-server'

type Metadata = Record<string, string> & Record<`${string}_supported`, string[]>

async function readMetadata({ url }: { url: string }): Promise<Metadata> {
  return (await (await fetch(url + path)).json()) as Metadata
}

const always = {
  issuer: publicUrl,
  token_endpoint: `${publicUrl}/1/token`,
  response_types_supported: ['code'],
  response_modes_supported: ['query'],
  grant_types_supported: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_methods_supported: ['none'],
  dpop_signing_alg_values_supported: ['ES256'],
}

test('lists what the proxy is when apps sign in through it, and nothing else', async () => {
  const { proxy } = await startStage()
  expect(await readMetadata(proxy)).toEqual({
    ...always,
    authorization_endpoint: `${publicUrl}/1/authorize`,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  })
})

test.each(['bearer', 'dpop'] as const)(
  'claims neither PKCE nor iss when apps go to Roambi themselves, with %s tokens',
  async (refreshTokens) => {
    const { proxy, sandbox } = await startStage({ mode: 'direct', refreshTokens })
    const metadata = await readMetadata(proxy)
    expect(metadata).toEqual({ ...always, authorization_endpoint: `${sandbox.apiUrl}/authorize` })
  },
)

test('is JSON that every site may read, and that may be kept for an hour', async () => {
  const proxy = await startProxy({})
  for (const origin of [undefined, appOrigin, 'https://evil.example', 'null']) {
    const response = await fetch(proxy.url + path, { headers: { ...(origin && { origin }) } })
    expect(response.status).toBe(200)
    const { headers } = response
    expect(headers.get('content-type')).toMatch(/^application\/json(;|$)/)
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('access-control-allow-credentials')).toBeNull()
    expect(headers.get('cache-control')).toBe('public, max-age=3600')
    expect(headers.get('pragma')).toBeNull()
    expect(headers.getSetCookie()).toEqual([])
  }
})

test('comes from the configuration, whatever Host and forwarded headers say', async () => {
  const proxy = await startProxy({})
  const plain = await rawRequest(proxy.url, { path, headers: {} })
  const headers = {
    host: 'evil.example',
    forwarded: 'host=evil.example;proto=http',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'http',
    'x-forwarded-prefix': '/evil',
  }
  const hostile = await rawRequest(proxy.url, {
    path: `${path}?issuer=https://evil.example`,
    headers,
  })
  expect(hostile.status).toBe(200)
  expect(hostile.text).toBe(plain.text)
})

test('lists the endpoints of a proxy that stands under a prefix', async () => {
  const app = Fastify()
  onTestFinished(() => app.close())
  const options = { ...client, publicUrl, sealingKeys, redirectUris: [redirectUri] }
  app.register(roambiProxy, { ...options, allowedOrigins: [appOrigin], prefix: '/auth' })
  expect((await app.inject(`/auth${path}`)).json()).toMatchObject({
    issuer: publicUrl,
    authorization_endpoint: `${publicUrl}/auth/1/authorize`,
    token_endpoint: `${publicUrl}/auth/1/token`,
  })
  expect((await app.inject('/auth/1/authorize')).statusCode).toBe(400)
})

test.each([
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server/openid-configuration',
  '/1/.well-known/openid-configuration',
  '/.well-known/oauth-protected-resource',
])('%s is not there: the proxy is no OpenID provider, and has no path', async (other) => {
  const proxy = await startProxy({ forwardApi: false })
  const response = await fetch(proxy.url + other)
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ error: 'invalid_request' })
})

test('its issuer has no path, slash or upper case, and is the one of the responses', async () => {
  const { app, proxy } = await startApp()
  const { issuer = '' } = await readMetadata(proxy)
  expect(new URL(issuer).origin).toBe(issuer)
  expect((await app.signIn()).iss).toBe(issuer)
  const refused = await app.authorize({ response_type: 'token' })
  expect(authorizationResponseOf(refused).iss).toBe(issuer)
})

describe('what it lists is there:', () => {
  test('the endpoints', async () => {
    const { app, proxy } = await startApp()
    const metadata = await readMetadata(proxy)
    const endpoints = Object.keys(metadata).filter((name) => name.endsWith('_endpoint'))
    expect(endpoints).toEqual(['authorization_endpoint', 'token_endpoint'])
    const at = (name: string) => (metadata[name] ?? '').replace(publicUrl, '')

    const page = await app.visit(at('authorization_endpoint'))
    expect(page.status).toBe(400)
    expect(await page.text()).toContain('client_id is missing')
    const refused = await fetch(proxy.url + at('token_endpoint'), { method: 'POST' })
    expect(refused.status).toBe(400)
  })

  test('the endpoints, when apps go to Roambi themselves', async () => {
    const { proxy } = await startPlainStage()
    const metadata = await readMetadata(proxy)
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: client.clientId,
      redirect_uri: redirectUri,
    })
    const page = await fetch(`${metadata.authorization_endpoint}?${query}`)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('Password')
    expect((await fetch(`${proxy.url}/1/authorize?${query}`)).status).toBe(404)
    expect((await proxy.post({})).status).toBe(400)
  })

  test('each response type, response mode and challenge method, and no other', async () => {
    const { app, proxy } = await startApp()
    const metadata = await readMetadata(proxy)
    const all: Record<string, string[]> = {
      response_type: ['code', 'token', 'id_token', 'code token', 'none'],
      response_mode: ['query', 'fragment', 'form_post', 'query.jwt', 'web_message'],
      code_challenge_method: ['S256', 'plain'],
    }
    for (const [name, values] of Object.entries(all)) {
      const taken: string[] = []
      for (const value of values) {
        const location = (await app.authorize({ [name]: value })).headers.get('location')
        if (!location?.startsWith(redirectUri)) taken.push(value)
      }
      expect(taken).toEqual(metadata[`${name}s_supported`])
    }
  })

  test('each grant type, without authentication of the client, and no other', async () => {
    const { app, proxy, sandbox } = await startApp()
    const metadata = await readMetadata(proxy)
    const { code = '' } = await app.signIn()
    const spare = await app.signIn()
    const redeemed = await app.redeem(code)
    const renewed = await app.refresh(String(redeemed.body.refresh_token))
    expect([redeemed.status, renewed.status]).toEqual([200, 200])

    const other: Record<string, number> = {}
    for (const grant_type of ['password', 'client_credentials', 'implicit', 'authorization_code']) {
      const form = { ...codeForm(spare.code ?? ''), code_verifier: codeVerifier, grant_type }
      const answer = await app.post({ ...form, client_secret: client.clientSecret })
      expect(answer.body.error).toBe('invalid_request')
      const credentials = `Basic ${btoa(`${client.clientId}:${client.clientSecret}`)}`
      const basic = await proxy.post(form, { authorization: credentials })
      expect(basic.body.error).toBe('invalid_request')
      other[grant_type] = (await app.post(form)).status
    }
    expect(Object.keys(other).filter((name) => other[name] === 200)).toEqual(['authorization_code'])
    expect(metadata.grant_types_supported).toEqual(['authorization_code', 'refresh_token'])
    expect(metadata.token_endpoint_auth_methods_supported).toEqual(['none'])
    expect(sandbox.tokenRequests).toHaveLength(3)
  })

  test('each algorithm of a DPoP proof, and no other', async () => {
    const { proxy, sandbox } = await startApp()
    const { dpop_signing_alg_values_supported } = await readMetadata(proxy)
    const taken: string[] = []
    for (const algorithm of ['ES256', 'RS256', 'PS256', 'Ed25519'] satisfies JWSAlgorithm[]) {
      const keys = await generateKeyPair(algorithm)
      const app = await openApp(proxy, sandbox)
      const { code = '' } = await app.signIn({
        dpop_jkt: await calculateThumbprint(keys.publicKey),
      })
      const form = { ...codeForm(code), code_verifier: codeVerifier }
      const prove = (nonce?: string) => generateProof(keys, tokenUrl, 'POST', nonce)
      const first = await proxy.post(form, { dpop: await prove() })
      const nonce = first.headers.get('dpop-nonce')
      const answer = nonce ? await proxy.post(form, { dpop: await prove(nonce) }) : first
      if (answer.status === 200) taken.push(algorithm)
      else expect(answer.body.error).toBe('invalid_dpop_proof')
    }
    expect(taken).toEqual(dpop_signing_alg_values_supported)
  })
})
