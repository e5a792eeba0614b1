import type { RoambiAuthError } from './errors.ts'
import type { LoginProgress } from './login-progress.ts'
import { publicSession, type Session } from './session.ts'
import type { SessionChange } from './session-change.ts'
import type { SessionRecord } from './session-record.ts'
import type { Persistence, SharedRecord } from './shared-record.ts'

/** What an app may know at one moment, without tokens. It never changes: the next one is another. */
export interface Snapshot {
  /**
   * `loading` until the store has been read; `signing-in` while a sign-in is under way and nobody is
   * signed in; `expired` when the session has come to its end and the user has not asked for that.
   */
  readonly status: 'loading' | 'signed-out' | 'signing-in' | 'signed-in' | 'expired'
  /** What was new when this snapshot was taken. */
  readonly reason: SnapshotReason
  /** Whether another tab did it. */
  readonly elsewhere: boolean
  /** `null`: nobody is signed in, as far as is known. */
  readonly session: Session | null
  /** When the access token ends, in ms since 1970; it is renewed before that. */
  readonly expiresAt: number | undefined
  /** `memory`: this browser can't keep the session, which ends with this page. */
  readonly persistence: Persistence
  /** The window of a sign-in under way. `maybe-closed` is a guess: it may still be finished. */
  readonly signInWindow: 'open' | 'maybe-closed' | undefined
  /** Why the last sign-in failed, until the next begins. */
  readonly error: RoambiAuthError | undefined
}

/**
 * What a snapshot tells anew. `created`: nothing yet. `loaded`: the store has been read. `window-open`,
 * `maybe-closed`, `redirecting`, `finishing`: how far a sign-in has got. `sign-in-ended`,
 * `sign-in-failed`: it is over, as somebody wanted or not. `signed-in`, `renewed`, `signed-out`,
 * `expired`: the session. `persistence`: this browser keeps it no longer, or again.
 */
export type SnapshotReason =
  | 'created'
  | 'window-open'
  | 'maybe-closed'
  | 'redirecting'
  | 'finishing'
  | 'sign-in-ended'
  | 'sign-in-failed'
  | 'loaded'
  | 'signed-in'
  | 'renewed'
  | 'signed-out'
  | 'expired'
  | 'persistence'

export interface Snapshots {
  getSnapshot(): Snapshot
  subscribe(listener: (snapshot: Snapshot) => void): () => void
  onSession(change: SessionChange): void
  onLogin(progress: LoginProgress): void
}

/** Before anything is known, and on a server. */
export const firstSnapshot: Snapshot = Object.freeze({
  status: 'loading',
  reason: 'created',
  elsewhere: false,
  session: null,
  expiresAt: undefined,
  persistence: 'persistent',
  signInWindow: undefined,
  error: undefined,
})

export function createSnapshots(
  state: () => Pick<SharedRecord, 'known' | 'persistence'>,
  life: AbortSignal,
): Snapshots {
  const listeners = new Set<(snapshot: Snapshot) => void>()
  let current = firstSnapshot
  let progress: LoginProgress = { status: 'idle' }
  life.addEventListener('abort', () => listeners.clear())

  function take(reason: SnapshotReason, elsewhere: boolean): void {
    const { known, persistence } = state()
    const session = known?.session ? publicSession(known.session) : null
    const snapshot: Snapshot = Object.freeze({
      status: statusOf(known, progress),
      reason,
      elsewhere,
      session,
      expiresAt: session?.expiresAt,
      persistence,
      signInWindow: windowOf(progress),
      error: progress.error,
    })
    current = snapshot
    for (const listener of listeners) {
      // In a task of its own: a listener that throws, or that calls back in, disturbs nobody.
      queueMicrotask(() => listeners.has(listener) && listener(snapshot))
    }
  }

  return {
    getSnapshot: () => current,
    subscribe(tell) {
      // The same function may be there twice.
      const listener = (snapshot: Snapshot) => tell(snapshot)
      if (!life.aborted) listeners.add(listener)
      tell(current)
      return () => listeners.delete(listener)
    },
    onSession: ({ reason, elsewhere }) => take(reason, elsewhere),
    onLogin(next) {
      progress = next
      take(reasonOf(next), false)
    },
  }
}

function statusOf(known: SessionRecord | undefined, progress: LoginProgress): Snapshot['status'] {
  if (known?.session) return 'signed-in'
  if (progress.status !== 'idle') return 'signing-in'
  if (!known) return 'loading'
  return known.end === 'expired' ? 'expired' : 'signed-out'
}

function windowOf({ status }: LoginProgress): Snapshot['signInWindow'] {
  return status === 'open' || status === 'maybe-closed' ? status : undefined
}

function reasonOf({ status, error }: LoginProgress): SnapshotReason {
  if (status === 'idle') return error ? 'sign-in-failed' : 'sign-in-ended'
  return status === 'open' ? 'window-open' : status
}
