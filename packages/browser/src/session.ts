import { isDpopKey } from './dpop-key.ts'
import { asRecord, isText, isTime, isToken } from './untrusted.ts'

/** What an app may know of a session, by the clock of this machine. Tokens are not part of it. */
export interface Session {
  /** When the user signed in, in ms since 1970. */
  readonly signedInAt: number
  /** When the present access token was asked for, in ms since 1970. */
  readonly renewedAt: number
  /** When the present access token ends, in ms since 1970; the session goes on, since it is renewed. */
  readonly expiresAt: number
}

/** A session as it is stored and shared by the tabs. */
export interface StoredSession extends Session {
  readonly accessToken: string
  /** `undefined`: there was none, or it has been refused. The session ends with the access token. */
  readonly refreshToken: string | undefined
  /** Proves each renewal: the refresh token is worth nothing without it (RFC 9449 section 5). */
  readonly dpopKey: CryptoKeyPair
}

export function publicSession({ signedInAt, renewedAt, expiresAt }: StoredSession): Session {
  return Object.freeze({ signedInAt, renewedAt, expiresAt })
}

/**
 * Whether a token of this session can be handed out: not the one that was just rejected, and not so
 * near to its end that it might die on the way.
 */
export function serves(session: StoredSession, rejected: string | undefined, now: number): boolean {
  if (session.accessToken === rejected) return false
  return now < renewalTime(session)
}

/** When a session is to be renewed; at its very end where nothing can be gained before. */
export function renewalTime({ refreshToken, renewedAt, expiresAt }: StoredSession): number {
  return refreshToken ? expiresAt - Math.min(60_000, 0.2 * (expiresAt - renewedAt)) : expiresAt
}

/** Whether it is a session of ours, as a store gives it back. */
export function isStoredSession(value: unknown): value is StoredSession {
  const { accessToken, refreshToken, dpopKey, ...rest } = asRecord(value)
  return (
    isToken(accessToken) &&
    (refreshToken === undefined || isText(refreshToken)) &&
    isDpopKey(dpopKey) &&
    [rest.signedInAt, rest.renewedAt, rest.expiresAt].every(isTime)
  )
}
