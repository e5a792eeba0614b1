import { RoambiAuthError } from './errors.ts'
import { type StoredSession, serves } from './session.ts'
import type { SessionState } from './session-state.ts'
import { createSingleFlight } from './single-flight.ts'
import type { TokenEndpoint } from './token-endpoint.ts'

/** Hands out access tokens, and renews the session when it must. */
export interface SessionKeeper {
  /** A usable access token, and not `rejected`, when that is given. */
  accessToken(rejected?: string): Promise<string>
}

export interface SessionKeeperOptions {
  readonly name: string
  readonly state: SessionState
  readonly tokenEndpoint: Pick<TokenEndpoint, 'renew'>
  readonly now: () => number
}

export function createSessionKeeper({
  name,
  state,
  tokenEndpoint,
  now,
}: SessionKeeperOptions): SessionKeeper {
  const renewOnce = createSingleFlight(`roambi-auth renewal ${name}`, renew)
  let refused: string | undefined

  async function accessToken(rejected?: string): Promise<string> {
    const { known } = state
    if (known && serves(known, rejected, now())) return known.accessToken

    const stored = await state.read()
    if (!stored) throw signedOut()
    if (serves(stored, rejected, now())) return stored.accessToken

    if (stored.accessToken === rejected) refused = rejected
    try {
      return await renewOnce()
    } catch (cause) {
      const error = cause instanceof RoambiAuthError ? cause : overdue(cause)
      const isStillGood = stored.accessToken !== rejected && now() < stored.expiresAt
      if (error.retryable && isStillGood) return stored.accessToken
      throw error
    }
  }

  async function renew(): Promise<string> {
    // Another tab may have renewed, or signed out, while this one waited for its turn.
    const before = await state.read()
    if (!before) throw signedOut()
    if (serves(before, refused, now())) return before.accessToken

    const renewed = await tokenEndpoint.renew(before).catch((error: unknown) => {
      if (error instanceof RoambiAuthError && error.code === 'invalid_grant') return null
      throw error
    })
    // Only the session that was renewed is replaced: a late answer undoes no sign-out or sign-in.
    const after = await state.replace(
      (stored) => (isSame(stored, before) ? renewed : stored),
      renewed ? 'renewed' : 'expired',
    )
    if (after) return after.accessToken
    throw renewed ? signedOut() : expired()
  }

  return { accessToken }
}

function isSame(stored: StoredSession | null, before: StoredSession): boolean {
  return stored?.accessToken === before.accessToken
}

function signedOut(): RoambiAuthError {
  return new RoambiAuthError('signed_out', 'Nobody is signed in.')
}

function expired(): RoambiAuthError {
  return new RoambiAuthError('session_expired', 'The session has ended. Sign in again.')
}

function overdue(cause: unknown): RoambiAuthError {
  const message = 'Another tab has been renewing the session for too long. Try again.'
  return new RoambiAuthError('network_error', message, { retryable: true, cause })
}
