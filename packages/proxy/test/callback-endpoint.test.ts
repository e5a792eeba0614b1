import { describe, expect, test } from 'vitest'
import {
  authorizationQuery,
  authorizationResponseOf,
  errorPageOf,
  openApp,
  startApp,
} from './app.ts'
import { stopClock } from './clock.ts'
import { rawRequest } from './raw-request.ts'
import {
  appOrigin,
  callbackUrl,
  client,
  publicUrl,
  redirectUri,
  sealingKeys,
  startProxy,
  startUpstream,
} from './stage.ts'

const otherKeys = ['another-sealing-key-of-the-tests-is-not-random-either']
const notUnderWay = 'This sign-in is not under way in this browser'
const prefix = '__Host-roambi-login-'

/** What the app is told, which always comes with its own state and the issuer. */
function refusalOf(response: Response): { error?: string; error_description?: string } {
  const { state, iss, ...refusal } = authorizationResponseOf(response)
  expect({ state, iss }).toEqual({ state: 'state-of-the-app', iss: publicUrl })
  expect(refusal).toEqual({ error: expect.any(String), error_description: expect.any(String) })
  return refusal
}

const stateOf = (path: string) => new URLSearchParams(path.split('?')[1]).get('state') ?? ''
const cookieOf = (path: string) => prefix + stateOf(path)

/** The path with these parameters instead of a code. */
const withParameters = (path: string, parameters: Record<string, string>) =>
  `/1/callback?${new URLSearchParams({ state: stateOf(path), ...parameters })}`

async function expectNotUnderWay(response: Response): Promise<void> {
  expect(await errorPageOf(response)).toContain(notUnderWay)
}

describe('the cookie of a sign-in', () => {
  test('is for this host alone, and out of reach for scripts and other sites', async () => {
    const { app } = await startApp()
    const response = await app.authorize()
    const [[name = '', value = ''] = []] = app.cookies
    expect(name).toMatch(/^__Host-roambi-login-[\w-]{22}$/)
    expect(response.headers.getSetCookie()).toEqual([
      `${name}=${value}; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax`,
    ])
  })

  test('can do without https on localhost, under another name', async () => {
    const url = 'http://localhost:4001'
    const { app } = await startApp({ publicUrl: url }, { redirectUri: `${url}/1/callback` })
    const response = await app.authorize()
    const [[name = '', value = ''] = []] = app.cookies
    expect(name).toMatch(/^roambi-login-[\w-]{22}$/)
    expect(response.headers.getSetCookie()).toEqual([
      `${name}=${value}; Max-Age=600; Path=/; HttpOnly; SameSite=Lax`,
    ])
    const parameters = await app.signIn()
    expect(parameters).toMatchObject({ code: expect.stringMatching(/^eyJ/), iss: url })
  })

  test('tells nothing of what it holds', async () => {
    const { app } = await startApp()
    await app.authorize({ state: 'a-state-to-be-seen' })
    const parts = [...app.cookies.values()].join().split('.')
    const readable = parts.map((part) => Buffer.from(part, 'base64url').toString('latin1')).join()
    for (const secret of ['a-state-to-be-seen', redirectUri, app.jkt]) {
      expect(readable).not.toContain(secret)
    }
  })

  test('is deleted when it is used, and no other one is', async () => {
    const { app } = await startApp()
    const path = await app.comeBack()
    await app.authorize()
    const response = await app.visit(path)
    expect(response.headers.getSetCookie()).toEqual([
      `${cookieOf(path)}=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax`,
    ])
    expect(app.cookies.size).toBe(1)
  })
})

describe('a callback ends only what this browser began', () => {
  test('at once, or almost ten minutes later', async () => {
    const pass = stopClock()
    const { app } = await startApp()
    const path = await app.comeBack()
    pass(599_000)
    const { code = '' } = authorizationResponseOf(await app.visit(path))
    expect(await app.redeem(code)).toMatchObject({ status: 200 })
  })

  test('but not after ten minutes', async () => {
    const pass = stopClock()
    const { app, sandbox } = await startApp()
    const path = await app.comeBack()
    pass(600_000)
    await expectNotUnderWay(await app.visit(path))
    expect(sandbox.tokenRequests).toEqual([])
  })

  const flip = (part: number) => (value: string) => {
    const parts = value.split('.')
    const text = parts[part] ?? ''
    parts[part] = (text.startsWith('A') ? 'B' : 'A') + text.slice(1)
    return parts.join('.')
  }
  const unsealed = (value: string) => {
    const json = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url')
    const transaction = {
      iss: publicUrl,
      aud: client.clientId,
      exp: 9_999_999_999,
      redirectUri,
      codeChallenge: 'x'.repeat(43),
      upstreamState: value,
    }
    return `${json({ alg: 'none', typ: 'roambi-auth-transaction' })}.${json(transaction)}.`
  }

  test.each<[string, (value: string, state: string) => string | undefined]>([
    ['without a cookie', () => undefined],
    ['with an empty one', () => ''],
    ['with garbage', () => 'garbage'],
    ['with malformed percents', () => '%zz%'],
    ['with one that is too long', (value) => value.padEnd(9000, 'A')],
    ['with one that is cut off', (value) => value.slice(0, -4)],
    ['with a changed header', flip(0)],
    ['with a changed key part', flip(1)],
    ['with a changed nonce', flip(2)],
    ['with changed content', flip(3)],
    ['with a changed tag', flip(4)],
    ['with one that is not sealed', (_value, state) => unsealed(state)],
  ])('not %s', async (_name, change) => {
    const { app, sandbox } = await startApp()
    const path = await app.comeBack()
    const name = cookieOf(path)
    const value = app.cookies.get(name) ?? ''
    const changed = change(value, stateOf(path))
    app.cookies.delete(name)
    if (changed !== undefined) app.cookies.set(name, changed)
    await expectNotUnderWay(await app.visit(path))
    expect(sandbox.tokenRequests).toEqual([])

    app.cookies.set(name, value)
    expect(authorizationResponseOf(await app.visit(path)).code).toMatch(/^eyJ/)
  })

  test.each([
    ['other keys', { sealingKeys: otherKeys }],
    ['the same keys at another address', { publicUrl: 'https://other.example.com' }],
    ['the same keys for another client', { clientId: 'consumer-key-2' }],
  ])('not with the cookie of a proxy with %s', async (_name, settings) => {
    const { clientId: client_id } = { ...client, ...settings }
    const { sandbox, app } = await startApp()
    const other = await startProxy({ apiUrl: sandbox.apiUrl, ...settings })
    const there = await openApp(other, sandbox)
    const path = await there.comeBack({ client_id })
    for (const [name, value] of there.cookies) app.cookies.set(name, value)
    await expectNotUnderWay(await app.visit(path))
    expect(sandbox.tokenRequests).toEqual([])
  })

  test('with a key that was the first one, as long as it is in the list', async () => {
    const { sandbox, app } = await startApp()
    const path = await app.comeBack()
    const rotated = { apiUrl: sandbox.apiUrl, sealingKeys: [...otherKeys, ...sealingKeys] }
    const after = await openApp(await startProxy(rotated), sandbox)
    for (const [name, value] of app.cookies) after.cookies.set(name, value)
    expect(authorizationResponseOf(await after.visit(path)).code).toMatch(/^eyJ/)
  })

  test('not with the cookie of another sign-in, renamed', async () => {
    const { app, sandbox } = await startApp()
    const one = await app.comeBack({ state: 'one' })
    const other = await app.comeBack({ state: 'other' })
    app.cookies.set(cookieOf(other), app.cookies.get(cookieOf(one)) ?? '')
    await expectNotUnderWay(await app.visit(other))
    expect(sandbox.tokenRequests).toEqual([])
  })

  test('not with a code or refresh token in place of the cookie', async () => {
    const { app, sandbox } = await startApp()
    const { code = '' } = await app.signIn()
    const refreshToken = await app.getRefreshToken()
    const calls = sandbox.tokenRequests.length
    for (const sealed of [code, refreshToken]) {
      const path = await app.comeBack()
      app.cookies.set(cookieOf(path), sealed)
      await expectNotUnderWay(await app.visit(path))
    }
    expect(sandbox.tokenRequests).toHaveLength(calls)
  })

  test('not twice: one that is loaded again asks Roambi nothing', async () => {
    const { app, sandbox } = await startApp()
    const path = await app.comeBack()
    await app.visit(path)
    await expectNotUnderWay(await app.visit(path))
    expect(sandbox.tokenRequests).toHaveLength(1)
  })

  test('and gives one code, good for one use, when it is loaded twice at the same time', async () => {
    const { app, sandbox } = await startApp()
    const path = await app.comeBack()
    const responses = await Promise.all([app.visit(path), app.visit(path)])
    const codes = responses.map((response) => authorizationResponseOf(response).code ?? '')
    expect(codes[0]).toBe(codes[1])
    expect(sandbox.tokenRequests).toHaveLength(1)
    const answers = await Promise.all(codes.map((code) => app.redeem(code)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400])
  })
})

describe('sign-ins at the same time', () => {
  test('of six the oldest is given up, and the five others end well in any order', async () => {
    const pass = stopClock()
    const { app, sandbox } = await startApp()
    const paths: string[] = []
    for (let count = 0; count < 6; count += 1) {
      pass(1_000)
      paths.push(await app.comeBack({ state: `login-${count}` }))
    }
    expect(app.cookies.size).toBe(5)
    const [oldest = '', ...others] = paths
    await expectNotUnderWay(await app.visit(oldest))
    expect(sandbox.tokenRequests).toEqual([])
    for (const path of others.reverse()) {
      const { code = '', state } = authorizationResponseOf(await app.visit(path))
      expect(state).toBe(`login-${paths.indexOf(path)}`)
      expect(await app.redeem(code)).toMatchObject({ status: 200 })
    }
    expect(app.cookies.size).toBe(0)
  })

  test('count only those of this proxy, and not those that have run out', async () => {
    const pass = stopClock()
    const { app, proxy, sandbox } = await startApp()
    const neighbour = await startProxy({ apiUrl: sandbox.apiUrl, clientId: 'consumer-key-2' })
    const atNeighbour = await openApp(neighbour, sandbox)
    for (let count = 0; count < 5; count += 1) {
      await atNeighbour.authorize({ client_id: 'consumer-key-2' })
    }
    pass(601_000)
    const path = await app.comeBack()
    for (const [name, value] of atNeighbour.cookies) app.cookies.set(name, value)
    for (let count = 0; count < 4; count += 1) await app.authorize()
    expect(app.cookies.size).toBe(10)
    expect(authorizationResponseOf(await app.visit(path)).code).toBeDefined()
    expect(proxy.url).not.toBe(neighbour.url)
  })

  test('leave the other cookies of the host alone', async () => {
    const { app } = await startApp()
    app.cookies.set('session', 'x').set('roambi-login-x', 'y').set('__Host-other', 'z')
    for (let count = 0; count < 6; count += 1) await app.authorize()
    expect([...app.cookies.keys()]).toEqual(
      expect.arrayContaining(['session', 'roambi-login-x', '__Host-other']),
    )
    expect(app.cookies.size).toBe(8)
  })

  test.each(['a b', 'ü', '"', 'a\tb'])(
    'are not disturbed by a cookie that no proxy has set: %j',
    async (suffix) => {
      const { app, proxy } = await startApp()
      const path = await app.comeBack()
      const [[name = '', value = ''] = []] = app.cookies
      const headers = { cookie: `${prefix}${suffix}=x; ${name}=${value}` }
      const statusOf = async (path: string) =>
        (await rawRequest(proxy.url, { path, headers })).status
      expect({
        begin: await statusOf(`/1/authorize?${authorizationQuery()}`),
        itsOwnCallback: await statusOf(`/1/callback?${new URLSearchParams({ state: suffix })}`),
        callback: await statusOf(path),
      }).toEqual({ begin: 303, itsOwnCallback: 400, callback: 303 })
    },
  )
})

describe("Roambi's code", () => {
  test('is spent when it comes, so that nobody can bring it in under a sign-in of his own', async () => {
    const { app: victim, proxy, sandbox } = await startApp()
    const attacker = await openApp(proxy, sandbox)
    const victimsPath = await victim.comeBack()
    const { code = '' } = authorizationResponseOf(await victim.visit(victimsPath))
    expect(sandbox.tokenRequests).toHaveLength(1)

    const upstreamCode = new URLSearchParams(victimsPath.split('?')[1]).get('code') ?? ''
    const attackersPath = withParameters(await attacker.comeBack(), { code: upstreamCode })
    expect(refusalOf(await attacker.visit(attackersPath))).toEqual({
      error: 'server_error',
      error_description: 'The code or refresh token is not valid. Sign in again.',
    })
    expect(sandbox.tokenRequests.map(({ status }) => status)).toEqual([200, 400])
    expect(await victim.redeem(code)).toMatchObject({ status: 200 })
  })

  test('gets nowhere in a browser that did not begin the sign-in', async () => {
    const { app: victim, proxy, sandbox } = await startApp()
    const attacker = await openApp(proxy, sandbox)
    const victimsPath = await victim.comeBack()
    const attackersPath = await attacker.comeBack()
    const cookies = new Map(victim.cookies)

    await expectNotUnderWay(await victim.visit(attackersPath))
    expect(sandbox.tokenRequests).toEqual([])
    expect(victim.cookies).toEqual(cookies)
    expect(authorizationResponseOf(await victim.visit(victimsPath)).code).toMatch(/^eyJ/)
  })

  test('is traded with the secret, and with the callback as redirect URI', async () => {
    const { app, sandbox } = await startApp()
    const path = await app.comeBack()
    await app.visit(path)
    expect(sandbox.tokenRequests.map(({ parameters }) => ({ ...parameters }))).toEqual([
      {
        grant_type: 'authorization_code',
        code: new URLSearchParams(path.split('?')[1]).get('code'),
        redirect_uri: callbackUrl,
        client_id: client.clientId,
        client_secret: client.clientSecret,
      },
    ])
  })

  test('is not in the address that the app gets, in the log, or in a page', async () => {
    const { app, proxy } = await startApp()
    const path = await app.comeBack()
    const upstreamCode = new URLSearchParams(path.split('?')[1]).get('code') ?? ''
    const response = await app.visit(path)
    expect(JSON.stringify([...response.headers])).not.toContain(upstreamCode)
    expect(await errorPageOf(await app.visit(path))).not.toContain(upstreamCode)
    expect(proxy.log()).toContain('/1/callback')
    expect(proxy.log()).not.toContain(upstreamCode)
  })
})

test('a redirect URI that was taken off the list meanwhile gets no code', async () => {
  const other = 'https://app.example.com/other.html'
  const { app, sandbox } = await startApp({ redirectUris: [redirectUri, other] })
  const after = await openApp(await startProxy({ apiUrl: sandbox.apiUrl }), sandbox)
  const gone = await app.comeBack({ redirect_uri: other })
  const kept = await app.comeBack()
  for (const [name, value] of app.cookies) after.cookies.set(name, value)
  await expectNotUnderWay(await after.visit(gone))
  expect(sandbox.tokenRequests).toEqual([])
  expect(authorizationResponseOf(await after.visit(kept)).code).toMatch(/^eyJ/)
})

describe('what Roambi refuses with', () => {
  test.each([
    ['access_denied', 'access_denied'],
    ['invalid_request', 'invalid_request'],
    ['unauthorized_client', 'unauthorized_client'],
    ['unsupported_response_type', 'unsupported_response_type'],
    ['invalid_scope', 'invalid_scope'],
    ['server_error', 'server_error'],
    ['temporarily_unavailable', 'temporarily_unavailable'],
    ['internal_server_error', 'server_error'],
    ['login_required', 'server_error'],
    ['ACCESS_DENIED', 'server_error'],
    ['access_denied ', 'server_error'],
    ['access_denied\r\nSet-Cookie: a=b', 'server_error'],
    ['constructor', 'server_error'],
    ['<script>alert(1)</script>', 'server_error'],
  ])('comes to the app as a registered error: %j', async (sent, error) => {
    const { app, sandbox } = await startApp()
    const path = withParameters(await app.comeBack(), { error: sent })
    expect(refusalOf(await app.visit(path))).toMatchObject({ error })
    expect(sandbox.tokenRequests).toEqual([])
  })

  test.each([
    ['a sentence', 'The user refused.', 'The user refused.'],
    ['odd characters', '"a" \\b\\ c\r\nd\t\0é😀~', 'a b cd~'],
    ['a long one', 'x'.repeat(1000), 'x'.repeat(200)],
    ['nothing readable', 'é'.repeat(1000), 'Roambi gave no reason.'],
    ['an empty one', '', 'Roambi gave no reason.'],
  ])('comes with a description of plain characters: %s', async (_name, sent, error_description) => {
    const { app } = await startApp()
    const refused = { error: 'access_denied', error_description: sent }
    const path = withParameters(await app.comeBack(), refused)
    expect(refusalOf(await app.visit(path))).toEqual({ error: 'access_denied', error_description })
  })

  test('comes without its link, its issuer and all else', async () => {
    const { app } = await startApp()
    const path = withParameters(await app.comeBack(), {
      error: 'access_denied',
      error_uri: 'https://evil.example/',
      iss: 'https://evil.example',
      access_token: 'x',
      redirect_uri: 'https://evil.example/',
    })
    expect(refusalOf(await app.visit(path))).toEqual({
      error: 'access_denied',
      error_description: 'Roambi gave no reason.',
    })
  })

  test('counts more than a code beside it, and ends the sign-in', async () => {
    const { app, sandbox } = await startApp()
    const path = await app.comeBack()
    expect(refusalOf(await app.visit(`${path}&error=access_denied`))).toMatchObject({
      error: 'access_denied',
    })
    await expectNotUnderWay(await app.visit(path))
    expect(sandbox.tokenRequests).toEqual([])
  })

  test.each([{}, { code: '' }, { code: '', error: '' }])(
    'may be neither a code nor an error: %j',
    async (parameters) => {
      const { app, sandbox } = await startApp()
      const path = withParameters(await app.comeBack(), parameters)
      expect(refusalOf(await app.visit(path))).toMatchObject({ error: 'server_error' })
      expect(sandbox.tokenRequests).toEqual([])
    },
  )
})

describe('when the code gets no tokens, the app is told why in words of the proxy', () => {
  const json = (status: number, body: object | string) => ({
    status,
    contentType: 'application/json',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const words = 'words-of-the-upstream'
  const error = (status: number, code: string) =>
    json(status, { error: code, error_description: words })
  const away = 'temporarily_unavailable'
  const broken = 'server_error'

  test.each([
    ['an error page', 'html', broken, 1],
    ['no answer', 'hang', away, 1],
    ['a reset', 'reset', away, 1],
    ['a reset after the code is spent', 'drop-answer', away, 1],
    ['503', 503, away, 1],
    ['429', 429, away, 1],
    ['504', 504, away, 1],
    ['an empty 200', 200, broken, 1],
    ['internal_server_error twice', 'internal_server_error', away, 2],
    ['invalid_client', error(401, 'invalid_client'), broken, 1],
    ['unauthorized_client', error(400, 'unauthorized_client'), broken, 1],
    ['invalid_grant', error(400, 'invalid_grant'), broken, 1],
    ['invalid_request', error(400, 'invalid_request'), broken, 1],
    ['redirect_url_mismatch', error(400, 'redirect_url_mismatch'), broken, 1],
    ['an unknown error', error(400, words), broken, 1],
    ['an error with 200', error(200, 'invalid_grant'), broken, 1],
    ['no access token', json(200, { token_type: 'bearer', refresh_token: words }), broken, 1],
    ['a foreign type of token', json(200, { access_token: words, token_type: 'mac' }), broken, 1],
    ['JSON that is cut off', json(200, '{"access_token":"words-of'), broken, 1],
    ['too much', json(200, `"${'x'.repeat(100_000)}"`), broken, 1],
  ] as const)('%s', async (_name, fault, code, calls) => {
    const { app, proxy, sandbox } = await startApp({ timeouts: { token: 300 } })
    const path = await app.comeBack()
    sandbox.failNext(fault, { times: 2 })
    const response = await app.visit(path)
    const refusal = refusalOf(response)
    expect(refusal).toMatchObject({ error: code })
    expect(refusal.error_description).toMatch(/^[\w '.]+$/)
    expect(sandbox.tokenRequests).toHaveLength(calls)
    const visible = JSON.stringify([...response.headers]) + proxy.log()
    expect(visible).not.toContain(words)
    expect(visible).not.toContain(client.clientSecret)
    expect(app.cookies.size).toBe(0)
  })

  test('a refusal of the secret, which is the fault of the proxy', async () => {
    const { app, proxy, sandbox } = await startApp({ clientSecret: 'not-the-secret' })
    const response = await app.visit(await app.comeBack())
    expect(refusalOf(response)).toEqual({
      error: 'server_error',
      error_description: 'Roambi refuses the credentials of this proxy.',
    })
    expect(sandbox.tokenRequests).toHaveLength(1)
    expect(JSON.stringify([...response.headers]) + proxy.log()).not.toContain('not-the-secret')
  })

  test('a Roambi that is not there', async () => {
    const { app, sandbox } = await startApp()
    const path = await app.comeBack()
    await sandbox.close()
    expect(refusalOf(await app.visit(path))).toMatchObject({ error: away })
  })

  test.each([301, 302, 303, 307, 308])('a redirect, which is not followed: %i', async (status) => {
    const decoy = await startUpstream((_request, response) => response.end())
    const { app, sandbox } = await startApp()
    const path = await app.comeBack()
    sandbox.failNext({ status, headers: { location: `${decoy.apiUrl}/token` } })
    expect(refusalOf(await app.visit(path))).toMatchObject({ error: broken })
    expect(decoy.requests()).toBe(0)
  })

  test('internal_server_error once is no reason: it is asked once more', async () => {
    const { app, sandbox } = await startApp()
    const path = await app.comeBack()
    sandbox.failNext('internal_server_error')
    const { code = '' } = authorizationResponseOf(await app.visit(path))
    expect(await app.redeem(code)).toMatchObject({ status: 200 })
    expect(sandbox.tokenRequests).toHaveLength(2)
  })
})

describe('a callback that is malformed uses nothing up', () => {
  test.each([
    ['state', 'x'],
    ['code', 'x'],
    ['code', 'the same'],
    ['error', 'access_denied'],
    ['error_description', 'x'],
  ])('%s twice: %s', async (name, value) => {
    const { app, sandbox } = await startApp()
    const path = await app.comeBack()
    const query = new URLSearchParams(path.split('?')[1])
    if (!query.has(name)) query.append(name, value)
    query.append(name, value === 'the same' ? (query.get(name) ?? '') : value)
    const response = await app.visit(`/1/callback?${query}`)
    expect(await errorPageOf(response)).toContain('A parameter is sent more than once.')
    expect(response.headers.getSetCookie()).toEqual([])
    expect(sandbox.tokenRequests).toEqual([])
    expect(authorizationResponseOf(await app.visit(path)).code).toMatch(/^eyJ/)
  })

  test.each([
    ['no state', ''],
    ['an empty state', 'state='],
    ['a state that is not ASCII', 'state=%C3%A9'],
    ['a state that is too long', `state=${'s'.repeat(8193)}`],
    ['malformed percents', 'state=%zz'],
    ['the name of a prototype', 'state=__proto__'],
  ])('%s', async (_name, query) => {
    const { app, sandbox } = await startApp()
    const path = await app.comeBack()
    const code = sandbox.issueCode()
    await errorPageOf(await app.visit(`/1/callback?code=${code}&${query}`))
    expect(sandbox.tokenRequests).toEqual([])
    expect(authorizationResponseOf(await app.visit(path)).code).toMatch(/^eyJ/)
  })

  test.each(['HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'])(
    '%s, as of a link checker',
    async (method) => {
      const { app, sandbox } = await startApp()
      const path = await app.comeBack()
      const response = await app.visit(path, { method, headers: { origin: appOrigin } })
      expect(response.status).toBe(405)
      expect(response.headers.get('allow')).toBe('GET')
      expect(response.headers.has('location')).toBe(false)
      expect(response.headers.getSetCookie()).toEqual([])
      expect(sandbox.tokenRequests).toEqual([])
      expect(authorizationResponseOf(await app.visit(path)).code).toMatch(/^eyJ/)
    },
  )
})

test('Host and forwarded headers change neither addresses, nor the issuer, nor cookies', async () => {
  const { app, proxy, sandbox } = await startApp()
  const evil = 'evil.example'
  const hostile = {
    host: evil,
    forwarded: `for=1.2.3.4;host=${evil};proto=http`,
    'x-forwarded-host': evil,
    'x-forwarded-proto': 'http',
    'x-forwarded-port': '8080',
    'x-forwarded-prefix': '/evil',
    'x-forwarded-for': '1.2.3.4',
    'x-original-url': '/evil',
    'x-rewrite-url': '/evil',
    'x-http-method-override': 'DELETE',
    'x-forwarded-server': evil,
  }
  const query = authorizationQuery({ dpop_jkt: app.jkt })
  const there = await rawRequest(proxy.url, { path: `/1/authorize?${query}`, headers: hostile })
  expect(there.status).toBe(303)
  const upstream = new URL(there.headers.location ?? '')
  expect(upstream.origin + upstream.pathname).toBe(`${sandbox.apiUrl}/authorize`)
  expect(upstream.searchParams.get('redirect_uri')).toBe(callbackUrl)
  const [setCookie = ''] = there.headers['set-cookie'] ?? []
  expect(setCookie).toMatch(/^__Host-[^;]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/)

  const state = upstream.searchParams.get('state') ?? ''
  const back = await rawRequest(proxy.url, {
    path: `/1/callback?${new URLSearchParams({ code: sandbox.issueCode(), state })}`,
    headers: { ...hostile, cookie: setCookie.split(';')[0] ?? '' },
  })
  const location = back.headers.location ?? ''
  expect(location.startsWith(`${redirectUri}?code=eyJ`)).toBe(true)
  expect(new URL(location).searchParams.get('iss')).toBe(publicUrl)
  expect(sandbox.tokenRequests[0]?.parameters.redirect_uri).toBe(callbackUrl)
  expect(JSON.stringify([there, back])).not.toContain(evil)

  const code = new URL(location).searchParams.get('code') ?? ''
  expect(await app.redeem(code)).toMatchObject({ status: 200 })
})
