import { publicSession, readStoredSession, type Session, type StoredSession } from './session.ts'
import type { SessionStore } from './session-store.ts'
import { asRecord } from './untrusted.ts'

const reasons = ['loaded', 'signed-in', 'renewed', 'signed-out', 'expired'] as const

/** Why a listener is called. */
export interface SessionChange {
  readonly reason: (typeof reasons)[number]
  /** `true` when another tab did it. */
  readonly elsewhere: boolean
}

/**
 * Called with the session, `null` when signed out, `undefined` while that is not known yet. The
 * first call, made by `subscribe` itself, has no change.
 */
export type SessionListener = (
  session: Session | null | undefined,
  change: SessionChange | undefined,
) => void

/** The session as this tab knows it, kept in step with the store and with the other tabs. */
export interface SessionState {
  readonly session: Session | null | undefined
  readonly known: StoredSession | null | undefined
  /** Reads the store anew. */
  read(): Promise<StoredSession | null>
  /**
   * Replaces the session by what `next` makes of the stored one, in one transaction over all tabs,
   * and gives what is there then. Where `next` gives back the stored one, nobody is told.
   */
  replace(
    next: (stored: StoredSession | null) => StoredSession | null,
    reason: SessionChange['reason'],
  ): Promise<StoredSession | null>
  /** Forgets the session: here first, then in the store, then in the other tabs. */
  clear(): Promise<void>
  subscribe(listener: SessionListener): () => void
}

export function createSessionState(name: string, store: SessionStore): SessionState {
  const listeners = new Set<SessionListener>()
  let known: StoredSession | null | undefined
  let session: Session | null | undefined
  let channel: BroadcastChannel | undefined
  // Counts the sign-outs of this tab: what began before one of them must not undo it.
  let epoch = 0

  // Opened at the first use, so that an import or a rendering server leaves nothing running.
  function otherTabs(): BroadcastChannel {
    if (!channel) {
      channel = new BroadcastChannel(`roambi-auth session ${name}`)
      channel.addEventListener('message', ({ data }) => {
        // The message carries no session: what counts is the store.
        const reason = reasons.find((known) => known === asRecord(data).reason) ?? 'loaded'
        readAs({ reason, elsewhere: true }).catch(() => {})
      })
    }
    return channel
  }

  async function readAs(change: SessionChange): Promise<StoredSession | null> {
    otherTabs()
    const began = epoch
    const stored = readStoredSession(await store.read())
    if (began !== epoch) return known ?? null
    learn(stored, change)
    return stored
  }

  function learn(stored: StoredSession | null, change: SessionChange): void {
    const isNews = known === undefined || !isSame(known, stored)
    known = stored
    if (!isNews) return
    const news = stored && publicSession(stored)
    session = news
    for (const listener of listeners) {
      // In a task of its own: a listener that throws, or that calls back in, disturbs nobody.
      queueMicrotask(() => listeners.has(listener) && listener(news, change))
    }
  }

  const read = () => readAs({ reason: 'loaded', elsewhere: known !== undefined })

  return {
    get session() {
      return session
    },
    get known() {
      return known
    },
    read,
    async replace(next, reason) {
      const began = epoch
      let before = null as StoredSession | null
      let after = null as StoredSession | null
      const change = (record: unknown) => {
        before = readStoredSession(record)
        after = next(before)
        return after ?? undefined
      }
      // Twice, since what could not be stored may be the only refresh token that still lives.
      await store.update(change).catch(() => store.update(change))
      if (began !== epoch) return known ?? null
      const isOurs = after !== before
      if (isOurs) otherTabs().postMessage({ reason })
      learn(after, { reason, elsewhere: !isOurs })
      return after
    },
    async clear() {
      epoch++
      learn(null, { reason: 'signed-out', elsewhere: false })
      await store.remove()
      otherTabs().postMessage({ reason: 'signed-out' })
    },
    subscribe(listener) {
      listener(session, undefined)
      listeners.add(listener)
      if (known === undefined) {
        // A store that can't be read holds no session; signing in will say what is wrong with it.
        read().catch(() => learn(null, { reason: 'loaded', elsewhere: false }))
      }
      return () => listeners.delete(listener)
    },
  }
}

function isSame(one: StoredSession | null, other: StoredSession | null): boolean {
  return one?.accessToken === other?.accessToken && one?.renewedAt === other?.renewedAt
}
