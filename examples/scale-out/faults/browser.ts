// One browser with its key, as nginx and the proxies see it. It renews as @roambi-auth/browser does:
// a refresh token is kept until its successor is stored, and only `invalid_grant` ends a session.

import { createHash, randomBytes } from 'node:crypto'
import { calculateThumbprint, generateKeyPair, generateProof } from 'dpop'
import { type Answer, faultOfSignInAnswer, faultOfTokenAnswer, parseObject } from './answer.ts'
import { createRequests, type RequestsOptions } from './requests.ts'

export interface Session {
  /** Roambi's own, which tells which tokens of Roambi's the session rests on. */
  readonly accessToken: string
  /** The proxy's, sealed. */
  readonly refreshToken: string
}

/** `postponed`: to be tried again with the same token. `refused`: the token is dead. */
export type Renewal = 'renewed' | 'postponed' | 'refused'

export interface SimulatedBrowser {
  readonly session: Session | undefined
  /** How many proofs its key has made: a proxy takes 200 in six minutes. */
  readonly proofs: number
  /** Begins anew when it was broken off; tells if it came to its end. */
  signIn(): Promise<boolean>
  renew(): Promise<Renewal>
  /** The last requests, with their times and what came of them. */
  story(): string
}

export interface BrowserOptions extends Pick<RequestsOptions, 'observe' | 'tell'> {
  /** nginx. */
  readonly url: string
  readonly clientId: string
  /** Roambi's dialog: gives a code. */
  readonly allow: () => string
  /** Whether the next answer of the token endpoint is lost on its way here, and how. */
  readonly lose: () => 'broken off' | 'thrown away' | undefined
}

export async function openBrowser(options: BrowserOptions): Promise<SimulatedBrowser> {
  const { url, clientId, allow, tell, observe, lose } = options
  const keys = await generateKeyPair('ES256')
  const jkt = await calculateThumbprint(keys.publicKey)
  const tokenUrl = `${url}/1/token`
  const redirectUri = `${url}/callback.html`
  const { ask, note, story } = createRequests({
    observe,
    tell,
    faultOf: (path, answer) =>
      path === '/1/token' ? faultOfTokenAnswer(answer) : faultOfSignInAnswer(answer),
  })
  let session: Session | undefined
  let nonce: string | undefined
  let proofs = 0

  async function signIn(): Promise<boolean> {
    const verifier = randomBytes(32).toString('base64url')
    const state = randomBytes(16).toString('base64url')
    tell(verifier)
    const begun = await visit('authorize', '', {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      dpop_jkt: jkt,
    })
    const upstreamState = locationOf(begun)?.searchParams.get('state')
    if (!begun || !upstreamState) return false
    const cookie = begun.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''
    tell(cookie)
    const roambiCode = allow()
    tell(roambiCode)

    const response = locationOf(
      await visit('callback', cookie, { code: roambiCode, state: upstreamState }),
    )
    const code = response?.searchParams.get('code') ?? undefined
    tell(code)
    if (!code || response?.searchParams.get('state') !== state) return false
    const form = { grant_type: 'authorization_code', redirect_uri: redirectUri, code }
    store(await post({ ...form, code_verifier: verifier }))
    return session !== undefined
  }

  async function renew(): Promise<Renewal> {
    const refreshToken = session?.refreshToken ?? ''
    const answer = await post({ grant_type: 'refresh_token', refresh_token: refreshToken })
    if (answer?.status === 200) return store(answer)
    if (answer && parseObject(answer.text)?.error === 'invalid_grant') return 'refused'
    return 'postponed'
  }

  function store(answer: Answer | undefined): Renewal {
    const { access_token, refresh_token } = (answer && parseObject(answer.text)) ?? {}
    if (answer?.status !== 200) return 'postponed'
    session = { accessToken: String(access_token), refreshToken: String(refresh_token) }
    return 'renewed'
  }

  /** Posts with a proof, and once more when only the proof was refused. */
  async function post(form: Record<string, string>): Promise<Answer | undefined> {
    const first = await send(form)
    const refusal = first?.status === 400 ? parseObject(first.text)?.error : undefined
    return refusal === 'use_dpop_nonce' || refusal === 'invalid_dpop_proof' ? send(form) : first
  }

  async function send(form: Record<string, string>): Promise<Answer | undefined> {
    proofs += 1
    const fate = lose()
    const headers = { origin: url, dpop: await generateProof(keys, tokenUrl, 'POST', nonce) }
    const body = new URLSearchParams({ ...form, client_id: clientId })
    // Longer than a proxy waits for Roambi; or at any moment of a request's usual way.
    const limit = fate === 'broken off' ? Math.random() * 40 : 15_000
    const init = { method: 'POST', headers, body }
    const answer = await ask(`POST ${form.grant_type}`, tokenUrl, init, limit)
    nonce = answer?.headers.get('dpop-nonce') ?? nonce
    if (fate !== 'thrown away') return answer
    note('the answer was thrown away')
    return undefined
  }

  async function visit(
    path: string,
    cookie: string,
    query: Record<string, string>,
  ): Promise<Answer | undefined> {
    const address = `${url}/1/${path}?${new URLSearchParams(query)}`
    const init = { redirect: 'manual', headers: cookie ? { cookie } : {} } as const
    return ask(`GET ${path}`, address, init, 20_000)
  }

  return {
    get session() {
      return session
    },
    get proofs() {
      return proofs
    },
    signIn,
    renew,
    story,
  }
}

function locationOf(answer: Answer | undefined): URL | undefined {
  const location = answer?.headers.get('location')
  return location ? new URL(location) : undefined
}
