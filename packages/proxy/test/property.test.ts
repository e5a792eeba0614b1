// What holds for every request, whatever is in it.
import type { Sandbox } from '@roambi-auth/sandbox'
import { generateProof } from 'dpop'
import fc from 'fast-check'
import { Pool } from 'undici'
import { expect, onTestFinished, test } from 'vitest'
import { type App, openApp, tokenUrl } from './app.ts'
import { cookieHeader } from './cookie-jar.ts'
import {
  type Draft,
  drafts,
  type LivePieces,
  type Piece,
  redirectUris,
} from './hostile-requests.ts'
import {
  callbackUrl,
  client,
  publicUrl,
  refreshForm,
  type StagedProxy,
  startStage,
  startUpstream,
} from './stage.ts'

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
  const starts = redirectUris.map((uri) => `${uri}${uri.includes('?') ? '&' : '?'}`)
  const start = starts.find((one) => location.startsWith(one))
  if (!start) return undefined
  const parameters = new URLSearchParams(location.slice(start.length))
  expect(parameters.getAll('iss')).toEqual([publicUrl])
  const others = [...parameters.keys()].filter((name) => name !== 'iss' && name !== 'state').sort()
  expect([['code'], ['error', 'error_description']]).toContainEqual(others)
  return parameters
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
    const cookie = cookieHeader(app.cookies)
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

async function fill(
  pairs: readonly (readonly [string, Piece])[],
  pieces: LivePieces,
): Promise<[string, string][]> {
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
