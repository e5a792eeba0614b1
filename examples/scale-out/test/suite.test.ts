// The suite's own judges: each must see what it is there for.

import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { faultOfSignInAnswer, faultOfTokenAnswer } from '../faults/answer.ts'
import { createHistory } from '../faults/history.ts'
import { faultOfGrowth } from '../faults/resources.ts'
import { complaintsOn, type Row, tableOf } from '../faults/row.ts'
import { createSecrets } from '../faults/secrets.ts'
import { newTally } from '../faults/tally.ts'

describe('an answer of the token endpoint', () => {
  const json = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
  const fault = (status: number, body: unknown, headers: Record<string, string> = json) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return faultOfTokenAnswer({ status, text, headers: new Headers(headers) })
  }
  const tokens = { access_token: 'a', token_type: 'Bearer', refresh_token: 'r' }
  const refusal = { error: 'invalid_grant', error_description: 'It is dead.' }
  const busy = { error: 'temporarily_unavailable', error_description: 'Later.' }

  test('is in form', () => {
    expect(fault(200, tokens)).toBe(undefined)
    expect(fault(400, refusal)).toBe(undefined)
    expect(fault(503, busy, { ...json, 'retry-after': '5' })).toBe(undefined)
  })

  test.each([
    ['HTML', fault(502, '<html>', { 'content-type': 'text/html' })],
    ['a list', fault(400, [])],
    ['tokens that may be stored', fault(200, tokens, { 'content-type': 'application/json' })],
    ['tokens that are called text', fault(200, tokens, { ...json, 'content-type': 'text/plain' })],
    ['no tokens', fault(200, {})],
    ['an error with status 200', fault(200, { ...tokens, ...refusal })],
    ['no description', fault(400, { error: 'invalid_grant' })],
    ['an error with tokens', fault(400, { ...refusal, ...tokens })],
    ['a redirect', fault(302, refusal)],
    ['no Retry-After', fault(503, busy)],
  ])('is not: %s', (_what, fault) => {
    expect(fault).toBeTypeOf('string')
  })
})

test('an answer of the sign-in is a redirect or a page, and kept by nobody', () => {
  const fault = (status: number, headers: Record<string, string>, text = '') =>
    faultOfSignInAnswer({ status, headers: new Headers(headers), text })
  const noStore = { 'cache-control': 'no-store' }
  const html = { ...noStore, 'content-type': 'text/html' }
  expect(fault(303, { ...noStore, location: 'https://app.example.com' })).toBe(undefined)
  expect(fault(503, html, "<h1>The sign-in can't go on for now</h1>")).toBe(undefined)
  expect(fault(303, { location: 'https://app.example.com' })).toBeTypeOf('string')
  expect(fault(303, noStore)).toBeTypeOf('string')
  expect(fault(200, html)).toBeTypeOf('string')
  expect(fault(502, html, '<h1>502 Bad Gateway</h1>')).toBeTypeOf('string')
})

describe('a secret in a text', () => {
  const secrets = createSecrets()
  const known = Array.from({ length: 50 }, () => randomBytes(24).toString('hex'))
  for (const secret of known) secrets.add(secret)

  test('is found wherever it begins', () => {
    for (const [at, secret] of known.entries()) {
      const text = `${'x'.repeat(at)}${secret}${'y'.repeat(50 - at)}`
      expect(secrets.findIn(text)).toEqual([secret])
    }
  })

  test('is found without its beginning, and no other one is', () => {
    const [secret = ''] = known
    expect(secrets.findIn(`"${secret.slice(-31)}"`)).toEqual([secret])
    expect(secrets.findIn(randomBytes(10_000).toString('hex'))).toEqual([])
  })

  test('is not looked for when it is too short to be one', () => {
    expect(() => secrets.add('short')).toThrow('too short')
  })
})

describe('a session that Roambi refuses', () => {
  const issue = { accessToken: 'a', refreshToken: 'r', predecessor: undefined, proxy: 0 } as const
  const renewal = { accessToken: 'b', refreshToken: 's', predecessor: 'r', proxy: 1 } as const
  function why(fault: 'lost' | undefined, killed?: number) {
    const history = createHistory()
    const at = Date.now()
    history.record({ ...issue, fault: undefined, at })
    history.record({ ...renewal, fault, at })
    if (killed !== undefined) history.recordKill(killed)
    return history.whyBeyondMending('a')
  }

  test('was beyond mending when no proxy has had the answer, or died with it', () => {
    expect(why('lost')).toContain('lost')
    expect(why(undefined, 1)).toContain('died')
  })

  test('was lost without need otherwise', () => {
    expect(why(undefined)).toBe(undefined)
    expect(why(undefined, 0)).toBe(undefined)
    expect(createHistory().whyBeyondMending('unknown')).toBe(undefined)
  })
})

describe('a row', () => {
  const fine: Row = {
    fault: { name: 'nothing', rotation: 'strict' },
    tally: { ...newTally(), signIns: 2, renewals: 9 },
    people: 2,
    alive: 2,
    leaks: [],
  }
  test('is fine', () => {
    expect(complaintsOn(fine)).toEqual([])
    expect(tableOf([fine]).split('\n')).toHaveLength(2)
  })

  test.each<[string, Row]>([
    ['a lost session', { ...fine, tally: { ...fine.tally, lost: ['its story'] } }],
    ['one beyond mending', { ...fine, tally: { ...fine.tally, beyondMending: ['its story'] } }],
    ['a malformed answer', { ...fine, tally: { ...fine.tally, malformed: ['HTML'] } }],
    ['a leak', { ...fine, leaks: ['nginx has 1 secrets in the clear'] }],
    ['one who did not come back', { ...fine, alive: 1 }],
    ['nothing done', { ...fine, tally: newTally() }],
    ['a control that lost nothing', { ...fine, fault: { ...fine.fault, mayLose: 'some' } }],
  ])('is not, with %s', (_what, row) => {
    expect(complaintsOn(row)).toHaveLength(1)
  })

  test('may have some beyond mending where the fault costs some', () => {
    const fault = { ...fine.fault, mayLose: 'beyond mending' } as const
    const tally = { ...fine.tally, beyondMending: ['its story'] }
    expect(complaintsOn({ ...fine, fault, tally })).toEqual([])
    expect(complaintsOn({ ...fine, fault, tally: { ...tally, lost: ['its story'] } })).toHaveLength(
      1,
    )
  })
})

test('growth is what no cache explains', () => {
  const before = { memory: 150, descriptors: 60 }
  expect(faultOfGrowth(before, { memory: 170, descriptors: 80 })).toBe(undefined)
  expect(faultOfGrowth(before, { memory: 300, descriptors: 60 })).toContain('MB')
  expect(faultOfGrowth(before, { memory: 150, descriptors: 200 })).toContain('descriptors')
})
