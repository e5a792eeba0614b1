import type { Clock } from './clock.ts'
import { RoambiAuthError } from './errors.ts'
import {
  begun,
  committed,
  hasOpenRenewal,
  pauseLeft,
  postponed,
  refused,
} from './renewal-record.ts'
import { type StoredSession, serves } from './session.ts'
import { isSame, type SessionRecord } from './session-record.ts'
import type { SessionState } from './session-state.ts'
import type { TokenEndpoint } from './token-endpoint.ts'

/** What a renewal is asked for with; looked at when its turn has come. */
export interface RenewalWish {
  /** An access token that the API no longer takes. */
  readonly rejected: string | undefined
  /** Failures before this time count no more, in ms since 1970: the network is back. */
  readonly since: number
}

export interface RenewalEdges {
  readonly state: Pick<SessionState, 'read' | 'change' | 'announceRenewal'>
  readonly tokenEndpoint: Pick<TokenEndpoint, 'renew'>
  readonly clock: Clock
  /** From 0 to 1, so that tabs and users do not all come back at the same moment. */
  readonly random: () => number
}

/**
 * Renews the session, unless it has been done already. To be called in turn: nothing here takes
 * longer than the store's and the request's time limits, and nothing calls out to the app.
 *
 * @throws {@link RoambiAuthError} `signed_out`, `session_expired`, `temporarily_unavailable`, and
 * what the token endpoint answers
 */
export async function renewInTurn(
  { state, tokenEndpoint, clock, random }: RenewalEdges,
  wish: RenewalWish,
): Promise<StoredSession> {
  // Another tab may have renewed, or signed out, while this one waited for its turn.
  const before = await state.read()
  const session = sessionOf(before)
  const isAnswerOpen = hasOpenRenewal(before, clock.now())
  if (!isAnswerOpen && serves(session, wish.rejected, clock.now())) return session

  const pause = pauseLeft(before, clock.now(), wish.since)
  if (pause > 0) throw cooling(pause)

  const started = clock.now()
  const written = await state.change((record) => begun(record, before, started))
  if (!isSame(written, before)) return sessionOf(written)
  state.announceRenewal()

  const answer = await outcomeOf(tokenEndpoint.renew(session))
  const now = clock.now()
  const chance = random()
  const after = await state.change((record) => {
    if (answer.outcome === 'renewed') return committed(record, before, answer.session)
    if (answer.outcome === 'refused')
      return refused(record, before, { now, rejected: wish.rejected })
    return postponed(record, before, { now, chance, retryAfter: answer.retryAfter })
  })
  // Where a turn was lost, another tab may have got further: what it wrote counts.
  if (answer.outcome === 'failed' && isSame(after, before)) throw answer.error
  return sessionOf(after)
}

type Answer =
  | { outcome: 'renewed'; session: StoredSession }
  | { outcome: 'refused' }
  | { outcome: 'failed'; error: unknown; retryAfter: number | undefined }

/** Only `invalid_grant` says that the refresh token is dead; anything else may pass. */
async function outcomeOf(renewal: Promise<StoredSession>): Promise<Answer> {
  try {
    return { outcome: 'renewed', session: await renewal }
  } catch (error) {
    const { code, retryAfter } = error instanceof RoambiAuthError ? error : {}
    return code === 'invalid_grant'
      ? { outcome: 'refused' }
      : { outcome: 'failed', error, retryAfter }
  }
}

/** @throws {@link RoambiAuthError} `signed_out`, `session_expired` */
export function sessionOf({ session, end }: SessionRecord): StoredSession {
  if (session) return session
  throw end === 'expired'
    ? new RoambiAuthError('session_expired', 'The session has ended. Sign in again.')
    : new RoambiAuthError('signed_out', 'Nobody is signed in.')
}

function cooling(pause: number): RoambiAuthError {
  const message = `The session could not be renewed; the next try is in ${Math.ceil(pause / 1000)} s.`
  const details = { retryable: true, retryAfter: pause }
  return new RoambiAuthError('temporarily_unavailable', message, details)
}
