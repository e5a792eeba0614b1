import { describe, expect, it } from 'vitest'
import { createDpopKey } from '../src/dpop-key.ts'
import { isStoredSession, publicSession, type StoredSession, serves } from '../src/session.ts'

const minute = 60_000
const day = 24 * 60 * minute
const start = Date.UTC(2026, 0, 1)

const session: StoredSession = {
  accessToken: '1/abc',
  refreshToken: 'b10a59',
  dpopKey: await createDpopKey(),
  signedInAt: start,
  renewedAt: start,
  expiresAt: start + day,
}

describe('a session', () => {
  it.each([
    ['new', 0, true],
    ['61 s before its end', day - 61_000, true],
    ['59 s before its end', day - 59_000, false],
    ['over', day, false],
    ['long over', 30 * day, false],
    ['from the future, since the clock was set back', -2 * minute, true],
  ])('that is %s serves: %3$s', (_, age, expected) => {
    expect(serves(session, undefined, start + age)).toBe(expected)
  })

  it('of ten seconds serves for eight of them', () => {
    const short = { ...session, expiresAt: start + 10_000 }
    expect(serves(short, undefined, start + 7_900)).toBe(true)
    expect(serves(short, undefined, start + 8_100)).toBe(false)
  })

  it('does not serve who has just seen its token rejected', () => {
    expect(serves(session, '1/abc', start)).toBe(false)
    expect(serves(session, '1/older', start)).toBe(true)
  })

  it('without a refresh token serves to its end, since nothing is gained before', () => {
    const last = { ...session, refreshToken: undefined }
    expect(serves(last, undefined, start + day - 1)).toBe(true)
    expect(serves(last, undefined, start + day)).toBe(false)
  })

  it('shows an app its times and nothing else', () => {
    expect(publicSession(session)).toEqual({
      signedInAt: start,
      renewedAt: start,
      expiresAt: start + day,
    })
  })
})

describe('a stored record', () => {
  it('is read when it is a session', () => {
    expect(isStoredSession(session)).toBe(true)
    expect(isStoredSession({ ...session, refreshToken: undefined })).toBe(true)
  })

  it.each([
    undefined,
    null,
    '',
    'undefined',
    42,
    [],
    {},
    { ...session, accessToken: undefined },
    { ...session, accessToken: '' },
    { ...session, accessToken: 'no\nheader' },
    { ...session, accessToken: 'ünï' },
    { ...session, renewedAt: 1e300 },
    { ...session, expiresAt: -1 },
    { ...session, refreshToken: 7 },
    { ...session, dpopKey: undefined },
    { ...session, dpopKey: JSON.parse(JSON.stringify(session.dpopKey)) },
    { ...session, expiresAt: '2026' },
    { ...session, renewedAt: Number.NaN },
    { version: 9, tokens: [] },
  ])('is no session when it is %j', (record) => {
    expect(isStoredSession(record)).toBe(false)
  })
})
