// Requests that are put together of pieces that are valid, nearly valid and hostile.
import fc from 'fast-check'
import { authorizationQuery, codeVerifier } from './app.ts'
import { appOrigin, client, codeForm, publicUrl, redirectUri, refreshForm } from './stage.ts'

const otherRedirectUri = 'https://app.example.com/other.html?tenant=a'
/** What the proxy is to have on its list. */
export const redirectUris: readonly string[] = [redirectUri, otherRedirectUri]

/** Well-formed requests, most of which are then changed in one to three places. */
export function drafts(decoy: string): fc.Arbitrary<Draft> {
  return fc
    .constantFrom(...wellFormed)
    .chain((draft) =>
      fc
        .array(changes(draft, decoy), { maxLength: 3, size: 'max' })
        .map((list) => list.reduce(applyChange, draft)),
    )
}

/** A value, or the name of one that must be fetched first in order to be valid. */
export type Piece = string | { readonly live: keyof LivePieces }
type Pair = readonly [name: string, value: Piece]

export interface Draft {
  readonly kind: string
  readonly method: string
  readonly path: string
  readonly query: readonly Pair[]
  readonly form: readonly Pair[]
  readonly headers: readonly Pair[]
}

export interface LivePieces {
  state(): Promise<string>
  cookie(): Promise<string>
  upstreamCode(): Promise<string>
  code(): Promise<string>
  refreshToken(): Promise<string>
  proof(): Promise<string>
  bearer(): Promise<string>
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
