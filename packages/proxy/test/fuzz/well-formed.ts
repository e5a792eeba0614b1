// What well-behaved apps send, a request of each kind.
import { authorizationQuery, codeVerifier } from '../app.ts'
import type { Draft, LivePieces, Piece } from '../hostile-requests.ts'
import { appOrigin, codeForm, refreshForm } from '../stage.ts'

const live = (name: keyof LivePieces) => ({ live: name })
const pairs = (pieces: Record<string, Piece>) => Object.entries(pieces)

const get = { method: 'GET', query: [], form: [], headers: [] } as const
const post = { ...get, method: 'POST', headers: pairs({ origin: appOrigin, dpop: live('proof') }) }
const api = pairs({ authorization: live('bearer'), origin: appOrigin })
const preflight = {
  origin: appOrigin,
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'authorization, dpop',
}

export const wellFormed = {
  authorize: {
    ...get,
    kind: 'authorize',
    path: '/1/authorize',
    query: [...authorizationQuery()],
  },
  callback: {
    ...get,
    kind: 'callback',
    path: '/1/callback',
    query: pairs({ state: live('state'), code: live('upstreamCode') }),
    headers: pairs({ cookie: live('cookie') }),
  },
  code: {
    ...post,
    kind: 'code',
    path: '/1/token',
    form: pairs({ ...codeForm(''), code: live('code'), code_verifier: codeVerifier }),
  },
  refresh: {
    ...post,
    kind: 'refresh token',
    path: '/1/token',
    form: pairs({ ...refreshForm(''), refresh_token: live('refreshToken') }),
  },
  revoke: {
    ...post,
    kind: 'revoke',
    path: '/1/revoke',
    form: pairs({ client_id: 'consumer-key-1', token: live('refreshToken') }),
  },
  download: {
    ...get,
    kind: 'API',
    path: '/1/user/resources',
    query: pairs({ a: 'b' }),
    headers: api,
  },
  upload: {
    ...get,
    kind: 'API',
    method: 'POST',
    path: '/1/contents',
    form: pairs({ data: 'x'.repeat(300) }),
    headers: api,
  },
  preflight: {
    ...get,
    kind: 'preflight',
    method: 'OPTIONS',
    path: '/1/token',
    headers: pairs(preflight),
  },
  metadata: { ...get, kind: 'metadata', path: '/.well-known/oauth-authorization-server' },
} satisfies Record<string, Draft>
