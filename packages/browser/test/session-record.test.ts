import { describe, expect, it } from 'vitest'
import {
  blankRecord,
  expired,
  isNewer,
  isSame,
  readRecord,
  signedIn,
  signedOut,
} from '../src/session-record.ts'
import { record, session, start } from './stored-session.ts'

describe('a stored record', () => {
  it.each([
    record,
    blankRecord,
    { ...record, session: null, end: 'signed-out' },
    { ...record, renewalStartedAt: start, failures: 2, failedAt: start, pausedUntil: start + 0.5 },
    { ...record, leaseOwner: 'tab', leaseUntil: start },
  ])('is taken as it is when it is whole: %#', (whole) => {
    expect(readRecord(whole)).toBe(whole)
  })

  it.each([
    undefined,
    null,
    'undefined',
    [],
    session,
    { ...record, epoch: undefined },
    { ...record, version: '1' },
    { ...record, session: undefined },
    { ...record, session: { ...session, accessToken: '' } },
    { ...record, renewalStartedAt: 'yesterday' },
    { ...record, failures: Number.NaN },
    { ...record, failedAt: {} },
    { ...record, pausedUntil: 1e300 },
    { ...record, leaseUntil: -1 },
  ])('is blank when it is anything else: %#', (nonsense) => {
    expect(readRecord(nonsense)).toBe(blankRecord)
  })
})

describe('the order of records', () => {
  it('is that of sign-ins first, and of their tokens then', () => {
    const renewed = { ...record, version: 7 }
    const next = { ...record, epoch: record.epoch + 1 }
    expect([isNewer(renewed, record), isNewer(record, renewed)]).toEqual([true, false])
    expect([isNewer(next, renewed), isNewer(renewed, next)]).toEqual([true, false])
    expect(isNewer(record, record)).toBe(false)
    expect([isSame(record, { ...record }), isSame(record, renewed)]).toEqual([true, false])
    expect(isSame(next, record)).toBe(false)
  })

  it.each([
    ['later', start + 1000],
    ['at the same moment', start],
    ['after the clock was set back', start - 3_600_000],
  ])('has each sign-in and sign-out behind what it follows: %s', (_, now) => {
    const out = signedOut(record, now)
    const back = signedIn(out, session, now)
    expect([isNewer(out, record), isNewer(back, out)]).toEqual([true, true])
    expect(out).toMatchObject({ session: null, end: 'signed-out' })
    expect(back).toEqual({ epoch: back.epoch, version: 0, session })
  })

  it('has a sign-out behind a sign-in of the same moment in a tab that it could not see', () => {
    const elsewhere = signedIn(blankRecord, session, start + 1000)
    expect(isNewer(signedOut(record, start + 1000), elsewhere)).toBe(true)
  })

  it('has the end of a token behind that token, and before its successor', () => {
    const end = expired(record)
    expect(end).toMatchObject({ session: null, end: 'expired' })
    expect(isNewer(end, record)).toBe(true)
    expect(isNewer({ ...record, version: record.version + 1 }, end)).toBe(true)
    expect(readRecord(end)).toBe(end)
  })

  it('keeps nothing of the session before', () => {
    const busy = {
      ...record,
      failures: 3,
      pausedUntil: start,
      leaseOwner: 'tab',
      leaseUntil: start,
    }
    const keys = (of: object) => Object.keys(of).sort()
    expect(keys(signedIn(busy, session, start))).toEqual(['epoch', 'session', 'version'])
    expect(keys(signedOut(busy, start))).toEqual(['end', 'epoch', 'session', 'version'])
    expect(keys(expired(busy))).toEqual(['end', 'epoch', 'session', 'version'])
  })
})
