// Requests of all kinds, put together of pieces that are valid, nearly valid and hostile.
import type { Sandbox } from '@roambi-auth/sandbox'
import { generateProof } from 'dpop'
import fc from 'fast-check'
import { Pool } from 'undici'
import { expect, onTestFinished, test } from 'vitest'
import { type App, authorizationQuery, codeVerifier, openApp, tokenUrl } from './app.ts'
import {
  appOrigin,
  callbackUrl,
  client,
  codeForm,
  publicUrl,
  redirectUri,
  refreshForm,
  type StagedProxy,
  startStage,
  startUpstream,
} from './stage.ts'

const otherRedirectUri = 'https://app.example.com/other.html?tenant=a'
const redirectUris = [redirectUri, otherRedirectUri]

test('no request makes the proxy redirect elsewhere, tell the secret, or fail', async () => {
  const decoy = await startUpstream((_request, response) => response.end('{}'))
  const { proxy, sandbox } = await startStage({ redirectUris }, { rateLimit: 1_000_000 })
  const app = await openApp(proxy, sandbox)
  const pool = new Pool(proxy.url)
  onTestFinished(() => pool.destroy())
  const outcomes = new Map<string, number>()

  const property = fc.asyncProperty(drafts(new URL(decoy.apiUrl).origin), async (draft) => {
    app.cookies.clear()
    const answer = await send(pool, draft, livePieces({ app, sandbox, proxy }))
    const outcome = outcomeOf(answer, sandbox)
    const kind = `${draft.kind}: ${outcome}`
    outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1)

    expect(outcome).not.toBe('redirect elsewhere')
    expect(answer.status).toBeLessThan(500)
    for (const spelling of spellings) expect(answer.text).not.toContain(spelling)
    expect(decoy.requests()).toBe(0)
  })
  // A failure prints the seed: give it beside numRuns to see it again.
  await fc.assert(property, { numRuns: 400, endOnFailure: true })

  for (const spelling of spellings) {
    expect(proxy.log() + JSON.stringify(sandbox.apiRequests)).not.toContain(spelling)
  }
  const counts = Object.fromEntries(outcomes)
  for (const [kind, least] of Object.entries(leastOutcomes)) {
    expect(counts[kind] ?? 0, `${kind} in ${JSON.stringify(counts)}`).toBeGreaterThanOrEqual(least)
  }
}, 120_000)

// What shows that the requests got past the first checks: a quarter or less of what is usual.
const leastOutcomes = {
  'authorize: redirect to Roambi': 10,
  'authorize: redirect with an error': 5,
  'authorize: 400': 1,
  'callback: redirect with a code': 5,
  'callback: redirect with an error': 5,
  'callback: 400': 5,
  'code: tokens': 5,
  'code: 400': 5,
  'refresh token: tokens': 5,
  'refresh token: 400': 5,
  'API: 200': 5,
}

const spellings = [
  client.clientSecret,
  Buffer.from(client.clientSecret).toString('base64url'),
  Buffer.from(client.clientSecret).toString('hex'),
]

interface Answer {
  readonly status: number
  readonly location: string | undefined
  /** All of it, headers and body. */
  readonly text: string
}

function outcomeOf({ status, location, text }: Answer, { apiUrl }: Sandbox): string {
  if (location !== undefined) {
    if (isAuthorizationRequest(location, `${apiUrl}/authorize?`)) return 'redirect to Roambi'
    const parameters = authorizationResponse(location)
    if (!parameters || status !== 303) return 'redirect elsewhere'
    return parameters.has('code') ? 'redirect with a code' : 'redirect with an error'
  }
  return text.includes('"access_token":"1/') ? 'tokens' : String(status)
}

function isAuthorizationRequest(location: string, start: string): boolean {
  if (!location.startsWith(start)) return false
  const { state, ...rest } = Object.fromEntries(new URLSearchParams(location.slice(start.length)))
  const { clientId: client_id } = client
  const expected = { response_type: 'code', client_id, redirect_uri: callbackUrl }
  expect(rest).toEqual(expected)
  expect(state).toMatch(/^[\w-]{22}$/)
  return true
}

function authorizationResponse(location: string): URLSearchParams | undefined {
  const starts = [`${redirectUri}?`, `${otherRedirectUri}&`]
  const start = starts.find((one) => location.startsWith(one))
  if (!start) return undefined
  const parameters = new URLSearchParams(location.slice(start.length))
  expect(parameters.getAll('iss')).toEqual([publicUrl])
  const others = [...parameters.keys()].filter((name) => name !== 'iss' && name !== 'state').sort()
  expect([['code'], ['error', 'error_description']]).toContainEqual(others)
  return parameters
}

/** A value, or the name of one that must be fetched first in order to be valid. */
type Piece = string | { readonly live: keyof LivePieces }
type Pair = readonly [name: string, value: Piece]

interface Draft {
  readonly kind: string
  readonly method: string
  readonly path: string
  readonly query: readonly Pair[]
  readonly form: readonly Pair[]
  readonly headers: readonly Pair[]
}

interface LivePieces {
  state(): Promise<string>
  cookie(): Promise<string>
  upstreamCode(): Promise<string>
  code(): Promise<string>
  refreshToken(): Promise<string>
  proof(): Promise<string>
  bearer(): Promise<string>
}

function livePieces({
  app,
  sandbox,
  proxy,
}: {
  app: App
  sandbox: Sandbox
  proxy: StagedProxy
}): LivePieces {
  const begin = once(async () => {
    const path = await app.comeBack()
    const cookie = [...app.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    return { cookie, query: new URLSearchParams(path.split('?')[1]) }
  })
  return {
    state: async () => (await begin()).query.get('state') ?? '',
    cookie: async () => (await begin()).cookie,
    upstreamCode: async () => sandbox.issueCode(),
    code: once(async () => (await app.signIn()).code ?? ''),
    refreshToken: once(app.getRefreshToken),
    proof: async () => {
      const dpop = await generateProof(app.keys, tokenUrl, 'POST')
      const { headers } = await proxy.post(refreshForm('x'), { dpop })
      const nonce = headers.get('dpop-nonce') ?? ''
      return generateProof(app.keys, tokenUrl, 'POST', nonce)
    },
    bearer: async () => {
      const { body } = await app.redeem((await app.signIn()).code ?? '')
      return `Bearer ${body.access_token}`
    },
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

const live = (name: keyof LivePieces) => ({ live: name })
const pairs = (pieces: Record<string, Piece>): Pair[] => Object.entries(pieces)

const get = { method: 'GET', query: [], form: [], headers: [] } as const
const authorize = { ...get, kind: 'authorize', path: '/1/authorize' }
const callback = {
  ...get,
  kind: 'callback',
  path: '/1/callback',
  headers: pairs({ cookie: live('cookie') }),
}
const token = {
  ...get,
  method: 'POST',
  path: '/1/token',
  headers: pairs({ origin: appOrigin, dpop: live('proof') }),
}
const code = { ...codeForm(''), code: live('code'), code_verifier: codeVerifier }
const refreshToken = { ...refreshForm(''), refresh_token: live('refreshToken') }

const wellFormed: readonly Draft[] = [
  { ...authorize, query: [...authorizationQuery()] },
  { ...authorize, query: [...authorizationQuery({ redirect_uri: otherRedirectUri })] },
  { ...callback, query: pairs({ state: live('state'), code: live('upstreamCode') }) },
  { ...callback, query: pairs({ state: live('state'), error: 'access_denied' }) },
  { ...token, kind: 'code', form: pairs(code) },
  { ...token, kind: 'refresh token', form: pairs(refreshToken) },
  {
    ...get,
    kind: 'API',
    path: '/1/user/resources',
    headers: pairs({ authorization: live('bearer') }),
  },
]

/** Well-formed requests, most of which are then changed in one to three places. */
function drafts(decoy: string): fc.Arbitrary<Draft> {
  return fc
    .constantFrom(...wellFormed)
    .chain((draft) =>
      fc
        .array(changes(draft, decoy), { maxLength: 3, size: 'max' })
        .map((list) => list.reduce(applyChange, draft)),
    )
}

type Place = 'query' | 'form' | 'headers'
type Change = { readonly method: string } | { readonly path: string } | PairChange

interface PairChange {
  readonly what: 'set' | 'repeat' | 'drop'
  readonly place: Place
  readonly pair: Pair
}

function changes(draft: Draft, decoy: string): fc.Arbitrary<Change> {
  const { host } = new URL(decoy)
  const value = values(decoy, host)
  const pairChange = (place: Place, names: readonly string[], to: fc.Arbitrary<Piece> = value) =>
    fc.record({
      what: fc.constantFrom('set' as const, 'set', 'set', 'repeat', 'drop'),
      place: fc.constant(place),
      pair: fc.tuple(fc.constantFrom(...names), to),
    })
  const parameters = draft.method === 'POST' ? 'form' : 'query'
  const ownNames = draft[parameters].map(([name]) => name)
  return fc.oneof(
    ...(ownNames.length > 0 ? [{ weight: 6, arbitrary: pairChange(parameters, ownNames) }] : []),
    { weight: 3, arbitrary: pairChange(parameters, parameterNames) },
    { weight: 3, arbitrary: pairChange('headers', headerNames) },
    { weight: 2, arbitrary: pairChange('headers', ['cookie'], cookies) },
    { weight: 3, arbitrary: pairChange(parameters, ['redirect_uri'], lookalikes(decoy)) },
    { weight: 1, arbitrary: pairChange('query', parameterNames) },
    { weight: 1, arbitrary: fc.record({ method: fc.constantFrom(...methods) }) },
    { weight: 1, arbitrary: fc.record({ path: fc.constantFrom(...paths(decoy, host)) }) },
  )
}

/** Redirect URIs that are a little off. */
function lookalikes(decoy: string): fc.Arbitrary<string> {
  const added = fc.oneof(
    fc.constantFrom(...'@./\\#?%:;&*\t\n\0 é', '%2f', '/../', '\r\n', `@${new URL(decoy).host}`),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }),
  )
  const place = fc.oneof(fc.constantFrom(0, 8, 23, 1000), fc.nat({ max: 50 }))
  return fc
    .tuple(fc.constantFrom(...redirectUris), place, fc.nat({ max: 2 }), added)
    .map(([uri, at, cut, text]) => uri.slice(0, at) + text + uri.slice(at + cut))
}

const cookies = fc
  .tuple(
    fc.constantFrom('__Host-roambi-login-', '__Host-roambi-login-', ''),
    fc.string({ unit: fc.constantFrom(...'aB- \t"=;,%é'), maxLength: 8 }),
    fc.string({ unit: 'binary-ascii', maxLength: 20 }),
  )
  .map(([prefix, name, value]) => `${prefix}${name}=${value}`)

function values(decoy: string, host: string): fc.Arbitrary<Piece> {
  const hostile = [
    decoy,
    host,
    `//${host}/`,
    `${decoy}/1/callback`,
    `javascript:location='${decoy}'`,
    `${client.clientId}\r\nlocation: ${decoy}`,
    'null',
    '*',
    '',
    '%00',
    '%zz',
    '\0',
    'é😀',
    '"><script>',
    '__proto__',
    'eyJhbGciOiJkaXIifQ..a.b.c',
    'x'.repeat(600),
    '"'.repeat(513),
    '__Host-roambi-login-x=y',
    'roambi-login=1; __Host-roambi-login-"x"=y; =; ;',
  ]
  const valid = [
    redirectUri,
    otherRedirectUri,
    appOrigin,
    publicUrl,
    client.clientId,
    'code',
    'S256',
  ]
  const glue = ['@', '.', '\\', '#', ':', '/', '?', '%2f', '/../', '\r\n', ' ', ',', '']
  return fc.oneof(
    fc.constantFrom(...hostile),
    fc.constantFrom(...valid),
    fc.constantFrom(...livePieceNames).map(live),
    fc.string({ unit: 'binary', maxLength: 50 }),
    fc
      .tuple(fc.constantFrom(...valid), fc.constantFrom(...glue), fc.constantFrom(...hostile))
      .map((parts) => parts.join('')),
  )
}

const livePieceNames = [
  'state',
  'cookie',
  'upstreamCode',
  'code',
  'refreshToken',
  'proof',
  'bearer',
] as const

const parameterNames = [
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'state',
  'scope',
  'code_challenge',
  'code_challenge_method',
  'dpop_jkt',
  'code',
  'code_verifier',
  'grant_type',
  'refresh_token',
  'error',
  'error_description',
  'error_uri',
  'iss',
  'client_secret',
  'client_assertion',
  'username',
  'request_uri',
  'redirect_uri[]',
  'resource',
  '__proto__',
]

const headerNames = [
  'host',
  'forwarded',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-for',
  'x-original-url',
  'x-http-method-override',
  'origin',
  'referer',
  'cookie',
  'dpop',
  'authorization',
  'content-type',
  'accept',
  'range',
]

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']

const paths = (decoy: string, host: string) => [
  '/.well-known/oauth-authorization-server',
  '/',
  '/1/',
  '/1/authorize',
  '/1/authorize/',
  '/1//authorize',
  '/1/callback',
  '/1/token',
  '/1/token/x',
  '/1/user',
  '/1/user?x',
  '/1/../token',
  '/1/%2e%2e/token',
  '/1/%zz',
  `//${host}/1/user`,
  `/1/@${host}/user`,
  `/1//${host}/user`,
  `/1/${encodeURIComponent(decoy)}`,
  `${decoy}/1/user`,
  `${decoy}/1/authorize`,
]

function applyChange(draft: Draft, change: Change): Draft {
  if (!('pair' in change)) return { ...draft, ...change }
  const { what, place, pair } = change
  const kept = what === 'repeat' ? draft[place] : draft[place].filter(([name]) => name !== pair[0])
  return { ...draft, [place]: what === 'drop' ? kept : [...kept, pair] }
}

async function send(pool: Pool, draft: Draft, pieces: LivePieces): Promise<Answer> {
  const query = await fill(draft.query, pieces)
  const form = await fill(draft.form, pieces)
  const hasBody = !['GET', 'HEAD', 'TRACE'].includes(draft.method)
  const { statusCode, headers, body } = await pool.request({
    method: draft.method as 'GET',
    path: `${draft.path}${draft.path.includes('?') ? '&' : '?'}${new URLSearchParams(query)}`,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...headersOf(await fill(draft.headers, pieces)),
    },
    body: hasBody ? new URLSearchParams(form).toString() : null,
  })
  const text = JSON.stringify(headers) + (await body.text())
  return { status: statusCode, location: headers.location?.toString(), text }
}

async function fill(pairs: readonly Pair[], pieces: LivePieces): Promise<[string, string][]> {
  const filled: [string, string][] = []
  for (const [name, value] of pairs) {
    filled.push([name, typeof value === 'string' ? value : await pieces[value.live]()])
  }
  return filled
}

/** A header that is repeated is sent more than once. */
function headersOf(pairs: readonly [string, string][]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  for (const [name, value] of pairs) {
    const sendable = Buffer.from(value).toString('latin1').replace(unsendable, '')
    const before = headers[name]
    const isOnce = before === undefined || name === 'host' || name === 'content-type'
    headers[name] = isOnce ? sendable : [before, sendable].flat()
  }
  return headers
}

// What no HTTP client lets out, and no server in.
const unsendable = /[^\t\x20-\x7e\x80-\xff]/g
