import type { SessionEnd, SessionRecord } from './session-record.ts'

/** What is new in the session, and whether another tab did it. */
export interface SessionChange {
  /** `persistence`: the session is no longer kept in the store, or is again. */
  readonly reason: 'loaded' | 'signed-in' | 'renewed' | SessionEnd | 'persistence'
  readonly elsewhere: boolean
}

/** What a step in the record means. `before` is `undefined` for the first that a tab knows of. */
export function changeOf(
  before: SessionRecord | undefined,
  after: SessionRecord,
  elsewhere: boolean,
): SessionChange {
  if (!before && elsewhere) return { reason: 'loaded', elsewhere: false }
  if (!after.session) return { reason: after.end ?? 'signed-out', elsewhere }
  const isSameSignIn = before?.session && before.epoch === after.epoch
  return { reason: isSameSignIn ? 'renewed' : 'signed-in', elsewhere }
}
