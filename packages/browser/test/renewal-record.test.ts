import { describe, expect, it } from 'vitest'
import {
  begun,
  committed,
  dueTime,
  hasOpenRenewal,
  pauseLeft,
  postponed,
  refused,
} from '../src/renewal-record.ts'
import { isNewer, type SessionRecord } from '../src/session-record.ts'
import { record, session, start } from './stored-session.ts'

const other: SessionRecord = { ...record, version: 1 }
const end = session.expiresAt

describe('a renewal that has begun', () => {
  it('is open for as long as the proxy has its answer', () => {
    const written = begun(record, record, start)
    expect(hasOpenRenewal(record, start)).toBe(false)
    expect(hasOpenRenewal(written, start + 59_999)).toBe(true)
    expect(hasOpenRenewal(written, start + 60_000)).toBe(false)
  })

  it('is open from its last try on, since no other may have got through', () => {
    const again = begun(begun(record, record, start), record, start + 30_000)
    expect(hasOpenRenewal(again, start + 89_999)).toBe(true)
  })

  it('is not open for hours when the clock is set back', () => {
    const written = begun(record, record, start)
    expect(hasOpenRenewal(written, start - 3_600_000)).toBe(false)
    expect(hasOpenRenewal(written, start - 1000)).toBe(true)
  })
})

describe('an answer with tokens', () => {
  const next = { ...session, accessToken: '1/def' }

  it('is the next version, without what was noted of the renewal', () => {
    const noted = { ...begun(record, record, start), failures: 2, failedAt: 1, pausedUntil: 2 }
    expect(committed(noted, record, next)).toEqual({ ...record, version: 1, session: next })
  })

  it('leaves the lease to its owner', () => {
    const lease = { leaseOwner: 'tab', leaseUntil: start }
    expect(committed({ ...record, ...lease }, record, next)).toMatchObject(lease)
  })
})

describe('a renewal that has failed for now', () => {
  function pauses(chance: number, retryAfter?: number): number[] {
    let failed = record
    return Array.from({ length: 8 }, () => {
      failed = postponed(failed, record, { now: start, chance, retryAfter })
      return pauseLeft(failed, start, 0)
    })
  }

  it('is tried again after pauses that grow, up to half of the proxy`s window', () => {
    expect(pauses(1)).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000])
    expect(pauses(0.5).slice(0, 3)).toEqual([1000, 2000, 4000])
  })

  it('is tried again when the server says, within ten minutes', () => {
    expect(pauses(1, 10_000).slice(0, 4)).toEqual([10_000, 10_000, 10_000, 16_000])
    expect(pauses(1, 86_400_000)[0]).toBe(600_000)
  })

  it('keeps the session, and what may be waiting at the proxy', () => {
    const failed = postponed(begun(record, record, start), record, { now: start, chance: 1 })
    expect(failed).toMatchObject({ version: 0, session, renewalStartedAt: start, failures: 1 })
  })
})

describe('the pause after a failure', () => {
  const failed = postponed(record, record, { now: start, chance: 1, retryAfter: 20_000 })

  it.each([
    ['lasts', 5000, 0, 15_000],
    ['is over', 20_000, 0, 0],
    ['is over for who has seen the network come back since', 5000, 1000, 0],
    ['is not over for who has seen it come back before', 5000, -1000, 15_000],
    ['is not over for who has seen it come back before the clock was set back', 5000, 1e9, 15_000],
    ['is over when the failure is still to come, by a clock that was set back', -1, 0, 0],
  ])('%s', (_, now, since, left) => {
    expect(pauseLeft(failed, start + now, since && start + since)).toBe(left)
  })

  it('is none where nothing has failed', () => {
    expect(pauseLeft(record, start, 0)).toBe(0)
  })
})

describe('a refused refresh token', () => {
  const now = start + 1000

  it('leaves the access token, which is used to its end', () => {
    const left = refused(record, record, { now, rejected: undefined })
    expect(left.session).toEqual({ ...session, refreshToken: undefined })
    expect(refused(left, left, { now: end, rejected: undefined })).toMatchObject({ end: 'expired' })
  })

  it.each([
    ['is over', end, undefined],
    ['was rejected', now, session.accessToken],
  ])('ends the session when the access token %s', (_, at, rejected) => {
    const ended = refused(record, record, { now: at, rejected })
    expect(ended).toMatchObject({ session: null, end: 'expired' })
  })

  it('stays behind what another tab has renewed', () => {
    const elsewhere = committed(record, record, session)
    const left = refused(record, record, { now, rejected: undefined })
    const ended = refused(left, left, { now, rejected: session.accessToken })
    expect([isNewer(left, record), isNewer(ended, left)]).toEqual([true, true])
    expect(isNewer(elsewhere, ended)).toBe(true)
  })
})

it.each<[string, (before: SessionRecord) => SessionRecord]>([
  ['begun', (before) => begun(other, before, start)],
  ['committed', (before) => committed(other, before, session)],
  ['postponed', (before) => postponed(other, before, { now: start, chance: 1 })],
  ['refused', (before) => refused(other, before, { now: end, rejected: undefined })],
])('a record that has changed meanwhile is left alone: %s', (_, change) => {
  expect(change(record)).toBe(other)
  expect(change({ ...other, epoch: other.epoch + 1 })).toBe(other)
  expect(change(other)).not.toBe(other)
})

describe('when a renewal is due', () => {
  it.each<[string, SessionRecord, number | undefined]>([
    ['never, when nobody is signed in', { ...record, session: null }, undefined],
    ['a minute before the end', record, end - 60_000],
    ['at once, when one was begun', { ...record, renewalStartedAt: start }, start],
    ['after the pause', { ...record, renewalStartedAt: start, pausedUntil: start + 9 }, start + 9],
    [
      'at the very end, when there is nothing to renew it with',
      { ...record, session: { ...session, refreshToken: undefined } },
      end,
    ],
  ])('%s', (_, present, due) => {
    expect(dueTime(present, start)).toBe(due)
  })
})
