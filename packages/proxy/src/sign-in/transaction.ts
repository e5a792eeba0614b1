// A sign-in that is under way at Roambi. What must be known when it comes back is kept in a sealed
// cookie of its own, so that it comes back to the browser that began it, and to no other.
import { randomBytes } from 'node:crypto'
import { parseCookie, stringifySetCookie } from 'cookie'
import { createSeal } from '../sealing/seal.ts'
import type { KeyRing } from '../sealing/sealing-keys.ts'
import type { AuthorizationRequest } from './authorization-request.ts'

export interface Transaction extends AuthorizationRequest {
  /** The `state` that Roambi gets: random, and all that it gets. */
  readonly upstreamState: string
  /** In ms since 1970. */
  readonly startedAt: number
}

/** Both take the request's `Cookie` header, and give the values of `Set-Cookie` for its answer. */
export interface Transactions {
  begin(request: AuthorizationRequest, cookies?: string): Promise<Begun>
  /** Ends the transaction of this `state`; `undefined` when this browser has none. */
  end(upstreamState: string, cookies?: string): Promise<Ended>
}

interface Begun {
  readonly upstreamState: string
  readonly setCookies: string[]
}

interface Ended {
  readonly transaction: Transaction | undefined
  readonly setCookies: string[]
}

const nothing: Ended = { transaction: undefined, setCookies: [] }

/** How long a user may take, in s. */
const life = 600
/** Beyond it, the oldest one is given up: cookies that pile up would make requests too large. */
const mostAtOnce = 5

export function createTransactions(ring: KeyRing, publicUrl: string): Transactions {
  const { seal, open } = createSeal<Transaction>('transaction', ring, { publicUrl })
  // RFC 6265bis section 4.1.3.2: no other host can set it. It needs https.
  const secure = publicUrl.startsWith('https:')
  const prefix = secure ? '__Host-roambi-login-' : 'roambi-login-'
  const attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const
  const setCookie = (name: string, value: string) =>
    stringifySetCookie(name, value, { ...attributes, maxAge: value ? life : 0 })

  /** Those under way, the newest first. Others on the host, as a proxy on another port, have theirs. */
  async function openAll(cookies: string): Promise<Transaction[]> {
    const named = Object.entries(parseCookie(cookies)).filter(([name]) => name.startsWith(prefix))
    const opened = await Promise.all(named.map(([, value = '']) => open(value)))
    return opened
      .filter((transaction) => transaction !== undefined)
      .sort((one, other) => other.startedAt - one.startedAt)
  }

  return {
    async begin(request, cookies = '') {
      const upstreamState = randomBytes(16).toString('base64url')
      const sealed = await seal({ ...request, upstreamState, startedAt: Date.now() }, life)
      const givenUp = (await openAll(cookies)).slice(mostAtOnce - 1)
      return {
        upstreamState,
        setCookies: [
          setCookie(prefix + upstreamState, sealed),
          ...givenUp.map((oldest) => setCookie(prefix + oldest.upstreamState, '')),
        ],
      }
    },

    async end(upstreamState, cookies = '') {
      const name = prefix + upstreamState
      const transaction = await open(parseCookie(cookies)[name] ?? '')
      if (transaction?.upstreamState !== upstreamState) return nothing
      return { transaction, setCookies: [setCookie(name, '')] }
    },
  }
}
