import { isDpopKey } from './dpop-key.ts'
import { asRecord, isText, isTime, isToken } from './untrusted.ts'

/** What an app may know of a session. Tokens are not part of it. All times in ms since 1970. */
export interface Session {
  /** When the user signed in. */
  readonly signedInAt: number
  /** When the present access token was asked for. */
  readonly renewedAt: number
  /** When the present access token ends; the session goes on, since it is renewed. */
  readonly expiresAt: number
}

/** A session as it is stored and shared by the tabs. */
export interface StoredSession extends Session {
  readonly accessToken: string
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
  const margin = Math.min(60_000, 0.2 * (session.expiresAt - session.renewedAt))
  return now < session.expiresAt - margin
}

/** Reads a stored record, which may be anything: what is not a session of ours is none. */
export function readStoredSession(stored: unknown): StoredSession | null {
  const record: Partial<Record<keyof StoredSession, unknown>> = asRecord(stored)
  const isSession =
    isToken(record.accessToken) &&
    (record.refreshToken === undefined || isText(record.refreshToken)) &&
    isDpopKey(record.dpopKey) &&
    isTime(record.signedInAt) &&
    isTime(record.renewedAt) &&
    isTime(record.expiresAt)
  return isSession ? (stored as StoredSession) : null
}
