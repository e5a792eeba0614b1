import { type AuthorizationRequest, isAuthorizationRequest } from './authorization.ts'
import type { Clock } from './clock.ts'
import type { SessionStore } from './session-store.ts'
import { asRecord } from './untrusted.ts'

/** How long an answer to an authorization request is waited for, in ms. */
export const pendingLifetime = 600_000

/** The authorization requests that wait for their answers, shared by all tabs. */
export interface PendingLogins {
  /** Rejects as the store does; this tab can claim it nevertheless. */
  add(request: AuthorizationRequest): Promise<void>
  /** Takes it out, in one transaction over all tabs: who gets it is the only one. Never rejects. */
  claim(state: string): Promise<AuthorizationRequest | null>
}

/** Kept in one record of `store`, which may be anything; those older than ten minutes are dropped. */
export function createPendingLogins(store: SessionStore, clock: Clock): PendingLogins {
  const ofThisTab = new Map<string, { request: AuthorizationRequest; isStored: Promise<boolean> }>()

  async function takeOut(state: string): Promise<AuthorizationRequest | undefined> {
    let found: PendingLogin | undefined
    await store.update((record) => {
      const all = readPending(record, clock.now())
      found = all.find(({ request }) => request.state === state)
      return all.filter((pending) => pending !== found)
    })
    return found?.request
  }

  return {
    async add(request) {
      const pending = { request, startedAt: clock.now() }
      const kept = store.update((record) => [...readPending(record, clock.now()), pending])
      const isStored = kept.then(
        () => true,
        () => false,
      )
      ofThisTab.set(request.state, { request, isStored })
      await kept
    },

    async claim(state) {
      const own = ofThisTab.get(state)
      ofThisTab.delete(state)
      const taken = takeOut(state).catch(() => undefined)
      // What the store refused, no other tab can have; what it took, another tab may have by now.
      const isRefused = own && !(await own.isStored)
      return (isRefused ? own.request : await taken) ?? null
    },
  }
}

interface PendingLogin {
  readonly request: AuthorizationRequest
  readonly startedAt: number
}

function readPending(record: unknown, now: number): PendingLogin[] {
  const all: unknown[] = Array.isArray(record) ? record : []
  return all.filter((value): value is PendingLogin => {
    const { request, startedAt } = asRecord(value)
    const age = typeof startedAt === 'number' ? Math.abs(now - startedAt) : pendingLifetime
    return age < pendingLifetime && isAuthorizationRequest(request)
  })
}
