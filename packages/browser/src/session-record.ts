import { isStoredSession, type StoredSession } from './session.ts'
import { asRecord, isTime } from './untrusted.ts'

/**
 * What all tabs share: one record. Every change of it is one of the functions below, which are run
 * in a transaction of the store, may be run twice, and leave a record alone that is no longer the
 * one they were meant for.
 */
export interface SessionRecord {
  /**
   * Grows with each sign-in and sign-out. Never less than the clock, so that records of tabs that
   * could not see each other have an order too.
   */
  readonly epoch: number
  /**
   * Grows by 1 with each new token of the epoch. By less when there will be none: a tab that could
   * not see what another one has renewed stays behind it.
   */
  readonly version: number
  /** `null`: nobody is signed in. Such a record stays, as a tombstone that no late answer passes. */
  readonly session: StoredSession | null
  readonly end?: SessionEnd
  /** Of a renewal that was sent and whose answer is not here yet. All times in ms since 1970. */
  readonly renewalStartedAt?: number
  /** Renewals that failed one after another, and when the last one did. */
  readonly failures?: number
  readonly failedAt?: number
  /** No tab tries to renew before. */
  readonly pausedUntil?: number
  /** Whose turn it is, and for how long, where there are no Web Locks. */
  readonly leaseOwner?: string
  readonly leaseUntil?: number
}

/** How a session came to its end. */
export type SessionEnd = 'signed-out' | 'expired'

/** Before anybody has signed in. */
export const blankRecord: SessionRecord = { epoch: 0, version: 0, session: null }

/** What a store gives back may be anything: what is not a record of ours counts as blank. */
export function readRecord(stored: unknown): SessionRecord {
  const record = asRecord(stored)
  const isWhole =
    isTime(record.epoch) &&
    isTime(record.version) &&
    (record.session === null || isStoredSession(record.session)) &&
    times.every((key) => record[key] === undefined || isTime(record[key]))
  return isWhole ? (stored as SessionRecord) : blankRecord
}

const times = ['renewalStartedAt', 'failures', 'failedAt', 'pausedUntil', 'leaseUntil']

/** Whether `one` came about after `other`. */
export function isNewer(one: SessionRecord, other: SessionRecord): boolean {
  return one.epoch > other.epoch || (one.epoch === other.epoch && one.version > other.version)
}

/** Whether both hold the same token of the same sign-in. */
export function isSame(one: SessionRecord, other: SessionRecord): boolean {
  return one.epoch === other.epoch && one.version === other.version
}

export function signedIn(
  record: SessionRecord,
  session: StoredSession,
  now: number,
): SessionRecord {
  return { epoch: laterEpoch(record, now), version: 0, session }
}

/** One later than a sign-in of the same moment would be. */
export function signedOut(record: SessionRecord, now: number): SessionRecord {
  return { epoch: laterEpoch(record, now) + 1, version: 0, session: null, end: 'signed-out' }
}

export function expired({ epoch, version }: SessionRecord): SessionRecord {
  return { epoch, version: version + shortStep, session: null, end: 'expired' }
}

/** Of a version, where a refresh token is dead. There are two such steps at most. */
export const shortStep = 0.25

function laterEpoch({ epoch }: SessionRecord, now: number): number {
  return Math.max(epoch + 1, now)
}
