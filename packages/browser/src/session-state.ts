import { publicSession, readStoredSession, type Session, type StoredSession } from './session.ts'
import type { SessionStore } from './session-store.ts'

/** Why a listener is called. */
export interface SessionChange {
  readonly reason: 'loaded' | 'signed-in' | 'renewed' | 'signed-out' | 'expired'
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
   * Replaces the session by what `next` makes of the stored one, in one transaction over all tabs.
   * Where `next` gives back the stored one, nothing has changed and nobody is told.
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

  // Opened at the first use, so that an import or a rendering server leaves nothing running.
  function otherTabs(): BroadcastChannel {
    if (!channel) {
      channel = new BroadcastChannel(`roambi-auth session ${name}`)
      channel.addEventListener('message', ({ data }) => {
        // The message carries no session: what counts is the store.
        readAs({ reason: data.reason, elsewhere: true }).catch(() => {})
      })
    }
    return channel
  }

  async function readAs(change: SessionChange): Promise<StoredSession | null> {
    otherTabs()
    const stored = readStoredSession(await store.read())
    learn(stored, change)
    return stored
  }

  function learn(stored: StoredSession | null, change: SessionChange): void {
    const isNews = known === undefined || known?.accessToken !== stored?.accessToken
    known = stored
    if (!isNews) return
    session = stored && publicSession(stored)
    // In a task of its own: a listener that throws, or that calls back in, disturbs nobody.
    for (const listener of listeners) queueMicrotask(() => listener(session, change))
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
      let before = null as StoredSession | null
      let after = null as StoredSession | null
      await store.update((record) => {
        before = readStoredSession(record)
        after = next(before)
        return after ?? undefined
      })
      const isOurs = after !== before
      if (isOurs) otherTabs().postMessage({ reason })
      learn(after, { reason, elsewhere: !isOurs })
      return after
    },
    async clear() {
      const change: SessionChange = { reason: 'signed-out', elsewhere: false }
      learn(null, change)
      await store.update(() => undefined)
      otherTabs().postMessage({ reason: change.reason })
      // A renewal that was committed in between is gone from the store: it goes from here too.
      learn(null, change)
    },
    subscribe(listener) {
      listeners.add(listener)
      listener(session, undefined)
      if (known === undefined) {
        // A store that can't be read holds no session; signing in will say what is wrong with it.
        read().catch(() => learn(null, { reason: 'loaded', elsewhere: false }))
      }
      return () => listeners.delete(listener)
    },
  }
}
