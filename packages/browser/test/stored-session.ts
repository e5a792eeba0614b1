import { createDpopKey } from '../src/dpop-key.ts'
import type { StoredSession } from '../src/session.ts'
import type { SessionRecord } from '../src/session-record.ts'

export const start = Date.UTC(2026, 0, 1)

/** A session of a day, which has just begun. */
export const session: StoredSession = {
  accessToken: '1/abc',
  refreshToken: 'b10a59',
  dpopKey: await createDpopKey(),
  signedInAt: start,
  renewedAt: start,
  expiresAt: start + 86_400_000,
}

export const record: SessionRecord = { epoch: start, version: 0, session }
