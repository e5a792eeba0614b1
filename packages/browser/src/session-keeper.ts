import { RoambiAuthError } from './errors.ts'
import { type RenewalEdges, renewInTurn, sessionOf } from './renewal.ts'
import { hasOpenRenewal } from './renewal-record.ts'
import { type StoredSession, serves } from './session.ts'
import { blankRecord } from './session-record.ts'
import type { SessionState } from './session-state.ts'
import { createSingleFlight } from './single-flight.ts'
import type { Turn } from './turn.ts'

/** Hands out the session, renewed when it must be. */
export interface SessionKeeper {
  /**
   * A session whose access token is usable, and not `rejected`, when that is given.
   *
   * @throws {@link RoambiAuthError} `signed_out`, `session_expired`; with `retryable` where a
   * renewal failed for now and no token is left to go on with
   */
  session(rejected?: string): Promise<StoredSession>
  /** Renews in the background what is due, or was begun by a tab that did not end it. */
  renewIfDue(): Promise<void>
  /** Resolves when no renewal is under way. */
  settled(): Promise<void>
  /** Whether a session has been asked for in the last hour. */
  isInUse(): boolean
  /** The network is back: what failed before this moment does not keep anybody waiting. */
  forgetFailures(): void
}

export interface SessionKeeperOptions extends RenewalEdges {
  readonly state: Pick<SessionState, 'known' | 'read' | 'change' | 'announceRenewal'>
  readonly turn: Turn
  /** A renewal has been tried, well or not. */
  readonly onTried: () => void
}

export function createSessionKeeper({
  turn,
  onTried,
  ...edges
}: SessionKeeperOptions): SessionKeeper {
  const { state, clock } = edges
  // What failed before this page was there keeps nobody waiting: an answer may be lost for good soon.
  const wish = { rejected: undefined as string | undefined, since: clock.now() }
  let usedAt = clock.now()
  const { run: renewOnce, settled } = createSingleFlight(() =>
    turn(() => renewInTurn(edges, wish)).finally(() => {
      // The clock was set back: what has failed now would seem to be from before this page.
      if (clock.now() < wish.since) wish.since = 0
      onTried()
    }),
  )

  async function session(rejected?: string): Promise<StoredSession> {
    usedAt = clock.now()
    const known = state.known?.session
    if (known && serves(known, rejected, clock.now())) return known

    const stored = sessionOf(await state.read())
    if (serves(stored, rejected, clock.now())) return stored
    if (stored.accessToken === rejected) wish.rejected = rejected
    try {
      await renewOnce()
      // A renewal that was under way already did not know of this wish, or its page has slept.
      if (!serves(present(stored), rejected, clock.now())) await renewOnce()
      return present(stored)
    } catch (cause) {
      return stillGood(stored, rejected) ?? raise(cause)
    }
  }

  /** What is known now: when the turn is over, the user may have signed out since. */
  function present({ signedInAt }: StoredSession): StoredSession {
    const now = sessionOf(state.known ?? blankRecord)
    // Who waited as one user does not go on as another.
    if (now.signedInAt !== signedInAt) throw replaced()
    return now
  }

  /** What may be used although it could not be renewed: the token, if this is still the session. */
  function stillGood(stored: StoredSession, rejected: string | undefined) {
    const now = state.known?.session
    const isUsable = now?.signedInAt === stored.signedInAt && now.accessToken !== rejected
    return isUsable && clock.now() < now.expiresAt ? now : undefined
  }

  return {
    session,
    async renewIfDue() {
      const record = await state.read()
      if (!record.session) return
      const now = clock.now()
      const isDue = hasOpenRenewal(record, now) || !serves(record.session, undefined, now)
      // Nobody waits for it: what went wrong is in the record, and is told to who asks next.
      if (isDue) await renewOnce().catch(() => {})
    },
    settled,
    isInUse: () => clock.now() - usedAt < 3_600_000,
    forgetFailures() {
      wish.since = clock.now()
    },
  }
}

function replaced(): RoambiAuthError {
  const message = 'Another user has signed in.'
  return new RoambiAuthError('signed_out', message)
}

function raise(cause: unknown): never {
  if (!(cause instanceof DOMException && cause.name === 'TimeoutError')) throw cause
  const message = 'Another tab is still renewing the session. Try again.'
  throw new RoambiAuthError('network_error', message, { retryable: true, cause })
}
