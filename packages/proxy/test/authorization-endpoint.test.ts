import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  authorizationQuery,
  authorizationResponseOf,
  challengeOf,
  errorPageOf,
  locationOf,
  startApp,
} from './app.ts'
import { cookieHeader } from './cookie-jar.ts'
import { rawRequest } from './raw-request.ts'
import { appOrigin, callbackUrl, client, publicUrl, redirectUri, startProxy } from './stage.ts'

const apiUrl = 'http://localhost:9/1'
const jkt = challengeOf('some-key')

type Query = ConstructorParameters<typeof URLSearchParams>[0]

async function startAuthorize(settings: Parameters<typeof startProxy>[0] = {}) {
  const proxy = await startProxy({ apiUrl, ...settings })
  return (query: Query, init: RequestInit = {}) =>
    fetch(`${proxy.url}/1/authorize?${new URLSearchParams(query)}`, { redirect: 'manual', ...init })
}

function expectOnItsWayToRoambi(response: Response): void {
  expect(response.status).toBe(303)
  const { origin, pathname, searchParams } = locationOf(response)
  expect(origin + pathname).toBe(`${apiUrl}/authorize`)
  expect([...searchParams.keys()]).toEqual(['response_type', 'client_id', 'redirect_uri', 'state'])
}

/** What the app is told, which always comes with its own state and the issuer. */
function refusalOf(response: Response, state: string | undefined = 'state-of-the-app'): object {
  const { error_description, ...rest } = authorizationResponseOf(response)
  expect(error_description).toMatch(/^[\w .,':-]+$/)
  const { error, ...others } = rest
  expect(others).toEqual({ ...(state && { state }), iss: publicUrl })
  expect(response.headers.getSetCookie()).toEqual([])
  return { error, error_description }
}

describe('a redirect URI that is not the listed one, character by character, is never redirected to', () => {
  test('the listed one is', async () => {
    const authorize = await startAuthorize()
    expectOnItsWayToRoambi(await authorize(authorizationQuery()))
  })

  const rows: Record<string, string> = {
    absent: '',
    'user information before another host': 'https://app.example.com@evil.example/callback.html',
    'user information': 'https://user:pass@app.example.com/callback.html',
    'empty user information': 'https://@app.example.com/callback.html',
    'backslash before another host': 'https://evil.example\\@app.example.com/callback.html',
    'backslash and at sign': 'https://app.example.com\\@evil.example/callback.html',
    backslashes: 'https:\\\\app.example.com\\callback.html',
    'backslash in the path': 'https://app.example.com\\callback.html',
    'upper case host': 'https://APP.example.com/callback.html',
    'upper case scheme': 'HTTPS://app.example.com/callback.html',
    'upper case path': 'https://app.example.com/Callback.html',
    'trailing dot of the host': 'https://app.example.com./callback.html',
    'trailing slash': `${redirectUri}/`,
    'encoded slash': 'https://app.example.com%2fcallback.html',
    'encoded letter': 'https://app.example.com/%63allback.html',
    'encoded twice': encodeURIComponent(redirectUri),
    'default port': 'https://app.example.com:443/callback.html',
    'other port': 'https://app.example.com:8443/callback.html',
    'empty port': 'https://app.example.com:/callback.html',
    fragment: `${redirectUri}#x`,
    'empty fragment': `${redirectUri}#`,
    'path traversal': 'https://app.example.com/x/../callback.html',
    'path traversal out of it': `${redirectUri}/../open-redirect`,
    'encoded path traversal': `${redirectUri}/%2e%2e/open-redirect`,
    'dot segment': 'https://app.example.com/./callback.html',
    'double slash': 'https://app.example.com//callback.html',
    'query added': `${redirectUri}?next=https://evil.example`,
    'empty query added': `${redirectUri}?`,
    'path parameter added': `${redirectUri};x`,
    longer: `${redirectUri}x`,
    shorter: redirectUri.slice(0, -1),
    'its origin only': 'https://app.example.com',
    'carriage return and newline': `${redirectUri}\r\nSet-Cookie: a=b`,
    'newline at its end': `${redirectUri}\n`,
    'tab that URL parsers drop': 'https://app.exam\tple.com/callback.html',
    'space before': ` ${redirectUri}`,
    'space after': `${redirectUri} `,
    'null character': `${redirectUri}\0`,
    'host that ends with it': 'https://evil-app.example.com/callback.html',
    'host that begins with it': 'https://app.example.com.evil.example/callback.html',
    'other host with it in its path': `https://evil.example/${redirectUri}`,
    'letters that look alike': 'https://аpp.example.com/callback.html',
    'other scheme': 'http://app.example.com/callback.html',
    'no scheme': '//app.example.com/callback.html',
    'path only': '/callback.html',
    script: 'javascript:alert(1)//app.example.com/callback.html',
    data: 'data:text/html,<script>alert(1)</script>',
    "the proxy's own callback": callbackUrl,
    'list of a foreign and the listed one': `https://evil.example,${redirectUri}`,
    'both listed ones at once': `${redirectUri},https://app.example.com/other.html`,
  }

  test.each(Object.entries(rows))('%s', async (_name, redirect_uri) => {
    const redirectUris = [redirectUri, 'https://app.example.com/other.html']
    const authorize = await startAuthorize({ redirectUris })
    const response = await authorize(authorizationQuery({ redirect_uri }))
    expect(response.headers.getSetCookie()).toEqual([])
    const page = await errorPageOf(response)
    expect(page).toContain('redirect_uri is not among the allowed ones of this client.')
    if (redirect_uri) expect(page).not.toContain(redirect_uri)
  })

  test.each([
    [[redirectUri, redirectUri]],
    [[redirectUri, 'https://evil.example/']],
    [['https://evil.example/', redirectUri]],
    [[redirectUri, '']],
  ])('sent twice: %j', async (uris) => {
    const authorize = await startAuthorize()
    const query = authorizationQuery({ redirect_uri: undefined })
    for (const uri of uris) query.append('redirect_uri', uri)
    await errorPageOf(await authorize(query))
  })

  test.each(['redirect_uri[]', 'redirect_uri[0]', 'Redirect_Uri', 'redirect_uri '])(
    'under the name %j',
    async (name) => {
      const authorize = await startAuthorize()
      const query = authorizationQuery({ redirect_uri: undefined, [name]: redirectUri })
      await errorPageOf(await authorize(query))
    },
  )
})

describe('a client id that is not the configured one is never redirected for', () => {
  test.each([
    undefined,
    '',
    'consumer-key-2',
    client.clientId.toUpperCase(),
    ` ${client.clientId}`,
    `${client.clientId}\0`,
    '<script>alert(1)</script>',
  ])('%j', async (client_id) => {
    const authorize = await startAuthorize()
    const page = await errorPageOf(await authorize(authorizationQuery({ client_id })))
    expect(page).toContain('client_id is missing, or unknown to this proxy.')
    expect(page).not.toContain('<script')
  })

  test('sent twice', async () => {
    const authorize = await startAuthorize()
    const query = authorizationQuery()
    query.append('client_id', client.clientId)
    await errorPageOf(await authorize(query))
  })
})

test('client and redirect URI are checked before anything else', async () => {
  const authorize = await startAuthorize()
  const wrong = { response_type: 'token', code_challenge: 'x', state: 'é', client_secret: 's' }
  for (const first of [{ client_id: 'x' }, { redirect_uri: 'https://evil.example/' }]) {
    await errorPageOf(await authorize(authorizationQuery({ ...wrong, ...first })))
  }
})

test('an error page shows nothing of the request, and its style is allowed by hash alone', async () => {
  const authorize = await startAuthorize()
  const hostile = '"><script>alert(1)</script>'
  const response = await authorize(
    authorizationQuery({ redirect_uri: hostile, state: hostile, error_description: hostile }),
  )
  const policy = response.headers.get('content-security-policy')
  const page = await errorPageOf(response)
  expect(page).not.toContain('alert')
  const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(page) ?? []
  const hash = createHash('sha256').update(style).digest('base64')
  expect(policy).toBe(
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  )
})

test('a redirect is kept by nobody, and tells no other site where it comes from', async () => {
  const authorize = await startAuthorize()
  for (const changes of [{}, { response_type: 'token' }]) {
    const response = await authorize(authorizationQuery(changes))
    expect(response.status).toBe(303)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
    })
    expect(await response.text()).toBe('')
  }
})

test('no page may read an answer: there is no CORS, not even for an allowed origin', async () => {
  const { app } = await startApp()
  const preflight = { 'access-control-request-method': 'GET' }
  const kinds: Record<string, RequestInit> = {
    read: { headers: { origin: appOrigin } },
    preflight: { method: 'OPTIONS', headers: { origin: appOrigin, ...preflight } },
    'foreign preflight': {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', ...preflight },
    },
    form: { method: 'POST', headers: { origin: appOrigin } },
  }
  const statuses: Record<string, number[]> = {}
  for (const [kind, init] of Object.entries(kinds)) {
    const paths = [
      `/1/authorize?${authorizationQuery()}`,
      `/1/authorize?${authorizationQuery({ scope: '"' })}`,
      `/1/authorize?${authorizationQuery({ client_id: 'x' })}`,
      await app.comeBack(),
      '/1/callback?state=unknown',
    ]
    statuses[kind] = []
    for (const path of paths) {
      const { status, headers } = await app.visit(path, init)
      statuses[kind].push(status)
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
    }
  }
  const refused = [405, 405, 405, 405, 405]
  expect(statuses).toEqual({
    read: [303, 303, 400, 303, 400],
    preflight: refused,
    'foreign preflight': refused,
    form: refused,
  })
})

test.each(['HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'])(
  '%s starts no sign-in',
  async (method) => {
    const authorize = await startAuthorize()
    const response = await authorize(authorizationQuery(), { method })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET')
    expect(response.headers.get('location')).toBeNull()
    expect(response.headers.getSetCookie()).toEqual([])
    if (method !== 'HEAD') await errorPageOf(response, 405)
  },
)

test.each(['iframe', 'embed', 'object', 'empty', 'script', 'image'])(
  'a sign-in needs a window: not a %s, where script could sign in unseen',
  async (destination) => {
    const { app, proxy, sandbox } = await startApp()
    const path = await app.comeBack()
    const statusOf = async (path: string, destination: string) => {
      const cookie = cookieHeader(app.cookies)
      const headers = { cookie, 'sec-fetch-dest': destination }
      return (await rawRequest(proxy.url, { path, headers })).status
    }
    const request = `/1/authorize?${authorizationQuery()}`
    expect(await statusOf(request, destination)).toBe(400)
    expect(await statusOf(path, destination)).toBe(400)
    expect(sandbox.tokenRequests).toEqual([])
    expect(await statusOf(request, 'document')).toBe(303)
    expect(await statusOf(path, 'document')).toBe(303)
  },
)

describe('the app is told, with its state and the issuer, that', () => {
  const invalid = 'invalid_request'
  const challenge = challengeOf('x')
  test.each([
    ['the response type is missing', { response_type: undefined }, invalid],
    ['the response type is empty', { response_type: '' }, invalid],
    ['it must be code: token', { response_type: 'token' }, 'unsupported_response_type'],
    ['it must be code: code token', { response_type: 'code token' }, 'unsupported_response_type'],
    ['it must be code: CODE', { response_type: 'CODE' }, 'unsupported_response_type'],
    ['the response mode must be query: fragment', { response_mode: 'fragment' }, invalid],
    ['the response mode must be query: form_post', { response_mode: 'form_post' }, invalid],
    ['the response mode must be query: web_message', { response_mode: 'web_message' }, invalid],
    ['the challenge is missing', { code_challenge: undefined }, invalid],
    ['the challenge is empty', { code_challenge: '' }, invalid],
    ['the challenge is too short', { code_challenge: challenge.slice(1) }, invalid],
    ['the challenge is too long', { code_challenge: `${challenge}x` }, invalid],
    ['the challenge has padding', { code_challenge: `${challenge.slice(1)}=` }, invalid],
    ['the challenge is plain base64', { code_challenge: `${challenge.slice(1)}+` }, invalid],
    ['the challenge ends with a newline', { code_challenge: `${challenge}\n` }, invalid],
    ['the method is missing, which means plain', { code_challenge_method: undefined }, invalid],
    ['the method is empty', { code_challenge_method: '' }, invalid],
    ['the method is plain', { code_challenge_method: 'plain' }, invalid],
    ['the method is in lower case', { code_challenge_method: 's256' }, invalid],
    ['there is no PKCE at all', { code_challenge: '', code_challenge_method: '' }, invalid],
    ['the thumbprint is too short', { dpop_jkt: jkt.slice(1) }, invalid],
    ['the thumbprint is too long', { dpop_jkt: `${jkt}x` }, invalid],
    ['the thumbprint is plain base64', { dpop_jkt: `${jkt.slice(1)}/` }, invalid],
    ['the scope is malformed: quote', { scope: 'a"b' }, 'invalid_scope'],
    ['the scope is malformed: not ASCII', { scope: 'é' }, 'invalid_scope'],
    ['the scope is malformed: newline', { scope: 'a\nb' }, 'invalid_scope'],
    ['the scope is too long', { scope: 's'.repeat(257) }, 'invalid_scope'],
    ['it sent client_secret', { client_secret: client.clientSecret }, invalid],
    ['it sent client_assertion', { client_assertion: 'eyJ' }, invalid],
    ['it sent username', { username: 'joan@scdp.com' }, invalid],
    ['it sent password', { password: 'roambi' }, invalid],
  ])('%s', async (_name, changes, error) => {
    const authorize = await startAuthorize()
    const response = await authorize(authorizationQuery({ dpop_jkt: jkt, ...changes }))
    expect(refusalOf(response)).toMatchObject({ error })
  })

  test.each([
    'response_type',
    'response_mode',
    'code_challenge',
    'code_challenge_method',
    'dpop_jkt',
    'scope',
  ])('%s is there twice, though with the same value', async (name) => {
    const authorize = await startAuthorize()
    const whole = { dpop_jkt: jkt, scope: 'a', response_mode: 'query' }
    const query = authorizationQuery(whole)
    query.append(name, query.get(name) ?? '')
    expect(refusalOf(await authorize(query))).toEqual({
      error: 'invalid_request',
      error_description: 'A parameter is sent more than once.',
    })
  })

  test('state is there twice, of which none is sent back', async () => {
    const authorize = await startAuthorize()
    const query = authorizationQuery()
    query.append('state', 'another')
    expect(refusalOf(await authorize(query), '')).toMatchObject({ error: 'invalid_request' })
  })

  test.each([
    ['too long', 's'.repeat(513)],
    ['not ASCII', 'é'],
    ['newline', 'a\r\nSet-Cookie: a=b'],
    ['null character', 'a\0'],
  ])('state is malformed and can not be sent back: %s', async (_name, state) => {
    const authorize = await startAuthorize()
    expect(refusalOf(await authorize(authorizationQuery({ state })), '')).toEqual({
      error: 'invalid_request',
      error_description: 'state is malformed.',
    })
  })
})

describe('a request goes on to Roambi', () => {
  test.each([
    ['without state', { state: undefined }],
    ['without a key', { dpop_jkt: undefined }],
    ['with the response mode query', { response_mode: 'query' }],
    ['with empty parameters, which count as absent', { response_mode: '', scope: '', state: '' }],
    ['with an empty secret, which is none', { client_secret: '' }],
    ['with parameters that nobody knows', { prompt: 'none', login_hint: 'joan', nonce: 'n' }],
    ['with a scope', { scope: 'openid profile' }],
  ])('%s', async (_name, changes) => {
    const authorize = await startAuthorize()
    expectOnItsWayToRoambi(await authorize(authorizationQuery({ dpop_jkt: jkt, ...changes })))
  })

  test('with nothing of the app but a state that is random', async () => {
    const authorize = await startAuthorize()
    const states = new Set<string | null>()
    for (let count = 0; count < 3; count += 1) {
      const response = await authorize(authorizationQuery({ dpop_jkt: jkt, scope: 'a' }))
      const { state, ...rest } = Object.fromEntries(locationOf(response).searchParams)
      expect(rest).toEqual({
        response_type: 'code',
        client_id: client.clientId,
        redirect_uri: callbackUrl,
      })
      expect(state).toMatch(/^[\w-]{22}$/)
      states.add(state ?? '')
    }
    expect(states.size).toBe(3)
  })
})

describe('the state of the app comes back as it was', () => {
  const states: Record<string, string> = {
    'like parameters': 'a&code=evil#x?iss=https://evil.example',
    'all printable characters': String.fromCharCode(
      ...Array.from({ length: 95 }, (_, index) => index + 32),
    ),
    'like percents': '%26 %00 +',
    'the longest': '"'.repeat(512),
    'a prototype': '__proto__',
  }

  test.each(Object.entries(states))('with a code: %s', async (_name, state) => {
    const { app } = await startApp()
    const { code, ...rest } = await app.signIn({ state })
    expect(code).toMatch(/^eyJ/)
    expect(rest).toEqual({ state, iss: publicUrl })
  })

  test.each(Object.entries(states))('with an error: %s', async (_name, state) => {
    const authorize = await startAuthorize()
    refusalOf(await authorize(authorizationQuery({ state, response_type: 'token' })), state)
  })

  test('and is left out where there was none', async () => {
    const { app } = await startApp()
    const parameters = await app.signIn({ state: undefined })
    expect(Object.keys(parameters)).toEqual(['code', 'iss'])
  })
})

test('a redirect URI keeps a query of its own, and all else as it is listed', async () => {
  const uri = 'https://APP.example.com:443/a/../callback.html?tenant=a%2Fb&next'
  const { app } = await startApp({ redirectUris: [uri] })
  const refused = await app.authorize({ redirect_uri: uri, response_type: 'token' })
  expect(authorizationResponseOf(refused, uri)).toMatchObject({
    error: 'unsupported_response_type',
    state: 'state-of-the-app',
    iss: publicUrl,
  })
  const back = await app.visit(await app.comeBack({ redirect_uri: uri }))
  const { code = '' } = authorizationResponseOf(back, uri)
  expect(await app.redeem(code, { redirect_uri: uri })).toMatchObject({ status: 200 })
})

describe('sizes, with the longest state and scope that are allowed', () => {
  // A quote takes two characters in JSON.
  const longest = { state: '"'.repeat(512), scope: 's'.repeat(256) }

  test('a cookie stays far below the 4096 characters that browsers take', async () => {
    const { app } = await startApp()
    await app.authorize(longest)
    const [[name = '', value = ''] = []] = app.cookies
    expect(name.length + value.length).toBeLessThan(2400)
  })

  test('five of them fit into one request, and the fifth sign-in ends well', async () => {
    const { app } = await startApp()
    for (let count = 0; count < 4; count += 1) await app.authorize(longest)
    const { code } = await app.signIn(longest)
    expect(code).toMatch(/^eyJ/)
  })

  test('a code fits into a URL', async () => {
    const { app } = await startApp()
    const usual = await app.signIn()
    const { code = '' } = await app.signIn(longest)
    expect(usual.code?.length).toBeLessThan(900)
    expect(code.length).toBeLessThan(1300)
    expect(await app.redeem(code)).toMatchObject({ status: 200 })
  })
})
