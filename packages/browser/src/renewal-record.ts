// What a renewal does to the record that all tabs share. All pure; `before` is the record that the
// renewal was begun for.

import { renewalTime, type StoredSession, serves } from './session.ts'
import { expired, isSame, type SessionRecord, shortStep } from './session-record.ts'

/** How long the proxy gives the same answer again to who repeats a renewal, in ms. */
const answerWindow = 60_000
/** Between the tries of renewals that fail, doubled each time; in ms. */
const shortestPause = 1000
/** Short enough to ask for an answer that got lost while the proxy still has it. */
const longestPause = answerWindow / 2
/** A pause that a server asks for is not longer; in ms. */
const longestRequestedPause = 600_000

/** Written before the request goes out, so that whoever comes next knows of it. */
export function begun(record: SessionRecord, before: SessionRecord, now: number): SessionRecord {
  // Of several tries the last one counts: of those before, none may have got through.
  return isSame(record, before) ? { ...record, renewalStartedAt: now } : record
}

/**
 * Whether an answer may be waiting at the proxy. A server that rotates has then killed the token
 * that is in the record, and only a repetition in time gets its successor.
 */
export function hasOpenRenewal({ renewalStartedAt }: SessionRecord, now: number): boolean {
  return renewalStartedAt !== undefined && Math.abs(now - renewalStartedAt) < answerWindow
}

/** The answer is here. What was noted of the renewal goes; a lease is given back by its owner. */
export function committed(
  record: SessionRecord,
  before: SessionRecord,
  session: StoredSession,
  step = 1,
): SessionRecord {
  if (!isSame(record, before)) return record
  const { epoch, version, leaseOwner, leaseUntil } = record
  const lease = leaseOwner && leaseUntil ? { leaseOwner, leaseUntil } : {}
  return { epoch, version: version + step, session, ...lease }
}

/** It may work later. */
export function postponed(
  record: SessionRecord,
  before: SessionRecord,
  { now, chance, retryAfter = 0 }: { now: number; chance: number; retryAfter?: number | undefined },
): SessionRecord {
  if (!isSame(record, before)) return record
  const failures = (record.failures ?? 0) + 1
  const pause = chance * Math.min(longestPause, shortestPause * 2 ** failures)
  const pausedUntil = now + Math.max(pause, Math.min(retryAfter, longestRequestedPause))
  return { ...record, failures, failedAt: now, pausedUntil }
}

/** The refresh token is dead. An access token that still lives is used to its end. */
export function refused(
  record: SessionRecord,
  before: SessionRecord,
  { now, rejected }: { now: number; rejected: string | undefined },
): SessionRecord {
  if (!isSame(record, before) || !record.session) return record
  const rest = { ...record.session, refreshToken: undefined }
  return serves(rest, rejected, now) ? committed(record, before, rest, shortStep) : expired(record)
}

/** How long nobody is to try, in ms. `since`: what failed before that time says nothing any more. */
export function pauseLeft(
  { failedAt = 0, pausedUntil = 0 }: SessionRecord,
  now: number,
  since: number,
): number {
  const isForgotten = failedAt < since && since <= now
  // A clock that was set back must not make anybody wait for hours.
  return isForgotten || failedAt > now ? 0 : Math.max(0, pausedUntil - now)
}

/** When a renewal is to be tried, in ms since 1970; `undefined` when nobody is signed in. */
export function dueTime(record: SessionRecord, now: number): number | undefined {
  const { session, pausedUntil = 0 } = record
  if (!session) return undefined
  return Math.max(pausedUntil, hasOpenRenewal(record, now) ? now : renewalTime(session))
}
