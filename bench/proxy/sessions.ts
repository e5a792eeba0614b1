// Signed-in clients. Each renewal sends the refresh token that the last one brought, so that the proxy
// has all the work of it: the same token again would get the same answer. Each key signs no more
// proofs than the proxy takes of one.

import { createHash, randomBytes } from 'node:crypto'
import { generateKeyPair, generateProof, type KeyPair } from 'dpop'
import { client } from './candidates.ts'
import type { Shot } from './load.ts'
import type { Server } from './processes.ts'

export interface Sessions {
  /** Signs in as often as that many renewals want, and signs their proofs. */
  prepare(renewals: number): Promise<void>
  next(): Shot
}

interface Session {
  readonly proofs: string[]
  refreshToken: string
}

export function createSessions(server: Server, isBound: boolean): Sessions {
  let rested: Session[] = []

  return {
    async prepare(renewals) {
      const count = Math.max(Math.ceil((3 * renewals) / proofsOfKey), mostConnections)
      // Which session is asked for how many is up to the connections: more than its part.
      const each = isBound ? Math.min(proofsOfKey, 10 + Math.ceil((3 * renewals) / count)) : 0
      rested = []
      for (let made = 0; made < count; made += 1) rested.push(await signIn(server, isBound, each))
    },

    next() {
      const session = rested.shift()
      if (!session) throw new Error('No session is left.')
      const form = { grant_type: 'refresh_token', refresh_token: session.refreshToken }
      return {
        ...tokenShot(form, session.proofs.pop()),
        answered(body) {
          session.refreshToken = JSON.parse(body).refresh_token
          if (!isBound || session.proofs.length > 0) rested.push(session)
        },
      }
    },
  }
}

/** What the proxy takes of one key is 200 in six minutes, the sign-in's own among them. */
const proofsOfKey = 150
const mostConnections = 40

async function signIn(server: Server, isBound: boolean, renewals: number): Promise<Session> {
  const { redeem } = await obtainCode(server)
  if (!isBound) {
    const answer = await send(server, redeem())
    return { refreshToken: (await answer.json()).refresh_token, proofs: [] }
  }
  const keys = await generateKeyPair('ES256')
  const first = await send(server, redeem(await proofOf(keys, server)))
  const nonce = first.headers.get('dpop-nonce') ?? ''
  const second = await send(server, redeem(await proofOf(keys, server, nonce)))
  const { refresh_token: refreshToken } = await second.json()
  const proofs: string[] = []
  while (proofs.length < renewals) proofs.push(await proofOf(keys, server, nonce))
  return { refreshToken, proofs }
}

function proofOf(keys: KeyPair, { url }: Server, nonce?: string): Promise<string> {
  return generateProof(keys, `${url}/1/token`, 'POST', nonce)
}

export interface Code {
  redeem(proof?: string): Shot
}

/** Goes the way of a browser, up to the code that the callback page is given. */
export async function obtainCode({ url }: Server): Promise<Code> {
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    state: randomBytes(16).toString('base64url'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const asked = await fetch(`${url}/1/authorize?${query}`, { redirect: 'manual' })
  const state = searchOf(asked).get('state') ?? ''
  const [cookie = ''] = (asked.headers.get('set-cookie') ?? '').split(';')
  const back = new URLSearchParams({ code: randomBytes(16).toString('hex'), state })
  const called = await fetch(`${url}/1/callback?${back}`, {
    redirect: 'manual',
    headers: { cookie },
  })
  const code = searchOf(called).get('code')
  if (!code) throw new Error(`No code: ${called.status} ${await called.text()}`)
  await Promise.all([asked.text(), called.text()])
  return {
    redeem: (proof) =>
      tokenShot(
        {
          grant_type: 'authorization_code',
          code,
          redirect_uri: client.redirectUri,
          code_verifier: verifier,
        },
        proof,
      ),
  }
}

function searchOf({ headers }: Response): URLSearchParams {
  return new URL(headers.get('location') ?? 'about:blank').searchParams
}

/** A form as the app's page posts it. */
export function tokenShot(parameters: Record<string, string>, dpop?: string): Shot {
  return {
    method: 'POST',
    path: '/1/token',
    headers: {
      origin: client.origin,
      'content-type': 'application/x-www-form-urlencoded',
      ...(dpop && { dpop }),
    },
    body: new URLSearchParams({ ...parameters, client_id: client.clientId }).toString(),
  }
}

function send({ url }: Server, { method, path, headers, body }: Shot): Promise<Response> {
  return fetch(url + path, { method, ...(headers && { headers }), ...(body && { body }) })
}
