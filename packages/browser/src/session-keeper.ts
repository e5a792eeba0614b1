import { RoambiAuthError } from './errors.ts'
import { type StoredSession, serves } from './session.ts'
import type { SessionState } from './session-state.ts'
import { createSingleFlight } from './single-flight.ts'
import type { TokenEndpoint } from './token-endpoint.ts'

/** Hands out the session, renewed when it must be. */
export interface SessionKeeper {
  /** A session whose access token is usable, and not `rejected`, when that is given. */
  session(rejected?: string): Promise<StoredSession>
}

export interface SessionKeeperOptions {
  readonly name: string
  readonly locks?: LockManager
  readonly state: SessionState
  readonly tokenEndpoint: Pick<TokenEndpoint, 'renew'>
  readonly now: () => number
}

export function createSessionKeeper({
  name,
  state,
  tokenEndpoint,
  now,
  locks,
}: SessionKeeperOptions): SessionKeeper {
  const renewOnce = createSingleFlight(`roambi-auth renewal ${name}`, renew, locks)
  let refused: string | undefined

  async function session(rejected?: string): Promise<StoredSession> {
    const { known } = state
    if (known && serves(known, rejected, now())) return known

    const stored = await state.read()
    if (!stored) throw signedOut()
    if (serves(stored, rejected, now())) return stored

    if (stored.accessToken === rejected) refused = rejected
    try {
      const renewed = await renewOnce()
      // Who waited as one user does not go on as another.
      if (renewed.signedInAt !== stored.signedInAt) throw signedOut(replaced)
      return renewed
    } catch (cause) {
      const error = isTimeout(cause) ? overdue(cause) : cause
      const isStillGood = stored.accessToken !== rejected && now() < stored.expiresAt
      const mayPass = error instanceof RoambiAuthError && error.retryable
      if (mayPass && isStillGood && state.known) return stored
      throw error
    }
  }

  async function renew(): Promise<StoredSession> {
    // Another tab may have renewed, or signed out, while this one waited for its turn.
    const before = await state.read()
    if (!before) throw signedOut()
    if (serves(before, refused, now())) return before

    const renewed = await tokenEndpoint.renew(before).catch((error: unknown) => {
      if (error instanceof RoambiAuthError && error.code === 'invalid_grant') return null
      throw error
    })
    // Only the session that was renewed is replaced: a late answer undoes no sign-out or sign-in.
    const after = await state.replace(
      (stored) => (stored?.accessToken === before.accessToken ? renewed : stored),
      renewed ? 'renewed' : 'expired',
    )
    if (after) return after
    throw renewed ? signedOut() : expired()
  }

  return { session }
}

const replaced = 'This user has signed out, and another one has signed in.'

function signedOut(message = 'Nobody is signed in.'): RoambiAuthError {
  return new RoambiAuthError('signed_out', message)
}

function expired(): RoambiAuthError {
  return new RoambiAuthError('session_expired', 'The session has ended. Sign in again.')
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError'
}

function overdue(cause: unknown): RoambiAuthError {
  const message = 'Another tab has been renewing the session for too long. Try again.'
  return new RoambiAuthError('network_error', message, { retryable: true, cause })
}
