// A sign-in that is under way at Roambi. What must be known when it comes back is kept in a sealed
// cookie of its own, so that it comes back to the browser that began it, and to no other.
import { randomBytes } from 'node:crypto'
import { parseCookie, stringifySetCookie } from 'cookie'
import type { AuthorizationRequest } from './authorization-request.ts'
import { createSeal, type SealOwner } from './seal.ts'
import type { KeyRing } from './sealing-keys.ts'

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

// 128 bits as base64url.
const stateForm = /^[\w-]{22}$/

/** How long a user may take, in s. */
const life = 600
/** Beyond it, the oldest one is given up: cookies that pile up would make requests too large. */
const mostAtOnce = 5

export function createTransactions(ring: KeyRing, owner: SealOwner): Transactions {
  const { seal, open } = createSeal<Transaction>('transaction', ring, owner)
  // RFC 6265bis section 4.1.3.2: no other host can set it. It needs https.
  const secure = owner.publicUrl.startsWith('https:')
  const prefix = secure ? '__Host-roambi-login-' : 'roambi-login-'
  const attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const
  const setCookie = (name: string, value: string) =>
    stringifySetCookie(name, value, { ...attributes, maxAge: value ? life : 0 })

  const isOurs = (name: string) =>
    name.startsWith(prefix) && stateForm.test(name.slice(prefix.length))

  async function openAll(cookies: string) {
    const named = Object.entries(parseCookie(cookies)).filter(([name]) => isOurs(name))
    return Promise.all(
      named.map(async ([name, value = '']) => ({ name, transaction: await open(value) })),
    )
  }

  return {
    async begin(request, cookies = '') {
      const upstreamState = randomBytes(16).toString('base64url')
      const startedAt = Date.now()
      const content = { ...request, upstreamState, startedAt }
      const sealed = await seal(content, Math.floor(startedAt / 1000) + life)
      const newestFirst = (await openAll(cookies)).sort(
        (one, other) => (other.transaction?.startedAt ?? 0) - (one.transaction?.startedAt ?? 0),
      )
      const givenUp = newestFirst.filter(
        ({ transaction }, index) => !transaction || index >= mostAtOnce - 1,
      )
      const setCookies = givenUp.map(({ name }) => setCookie(name, ''))
      return {
        upstreamState,
        setCookies: [setCookie(prefix + upstreamState, sealed), ...setCookies],
      }
    },

    async end(upstreamState, cookies = '') {
      const name = prefix + upstreamState
      const sealed = isOurs(name) ? parseCookie(cookies)[name] : undefined
      const opened = sealed && (await open(sealed))
      const transaction = opened && opened.upstreamState === upstreamState ? opened : undefined
      return { transaction, setCookies: sealed ? [setCookie(name, '')] : [] }
    },
  }
}
