import { describe, expect, test } from 'vitest'
import type { UpstreamOutcome } from '../src/upstream/upstream.ts'
import { judgeOutcome } from '../src/upstream/upstream-answer.ts'

const json = (status: number, body: object, retryAfter?: string): UpstreamOutcome => ({
  status,
  retryAfter,
  text: JSON.stringify(body),
})
const text = (status: number, text: string, retryAfter?: string): UpstreamOutcome => ({
  status,
  retryAfter,
  text,
})

function judge(grantType: 'code' | 'refresh', outcome: UpstreamOutcome) {
  const judgement = judgeOutcome(
    grantType === 'code' ? 'authorization_code' : 'refresh_token',
    outcome,
  )
  if ('tokens' in judgement) return judgement
  const { error, level, repeat = false } = judgement
  return { answer: `${error.status} ${error.code}`, level, repeat, ...error.headers }
}

describe('the error codes of the guide', () => {
  const dead = '400 invalid_grant'
  const ours = '502 server_error'
  test.each([
    ['invalid_grant', 'code', dead, 'info'],
    ['invalid_grant', 'refresh', dead, 'info'],
    ['invalid_request', 'code', dead, 'warn'],
    ['invalid_request', 'refresh', dead, 'info'],
    ['redirect_url_mismatch', 'code', dead, 'warn'],
    ['redirect_url_mismatch', 'refresh', dead, 'warn'],
    ['invalid_client', 'code', ours, 'error'],
    ['invalid_client', 'refresh', ours, 'error'],
    ['unauthorized_client', 'code', ours, 'error'],
    ['unauthorized_client', 'refresh', ours, 'error'],
    ['something_new', 'code', ours, 'error'],
    ['__proto__', 'refresh', ours, 'error'],
  ] as const)('%s on %s', (error, grantType, answer, level) => {
    for (const status of [400, 401, 200]) {
      const expected = { answer, level, repeat: false }
      expect(judge(grantType, json(status, { error }))).toEqual(expected)
    }
  })

  test.each([200, 400, 500])('internal_server_error may be asked again, with %i', (status) => {
    expect(judge('code', json(status, { error: 'internal_server_error' }))).toEqual({
      answer: '503 temporarily_unavailable',
      level: 'warn',
      repeat: true,
      'retry-after': '5',
    })
  })

  test.each(['invalid_grant', 'invalid_request', 'redirect_url_mismatch'])(
    '%s blames the token with no other status',
    (error) => {
      for (const status of [201, 402, 403, 404, 418, 500, 502]) {
        const expected = { answer: ours, level: 'error', repeat: false }
        expect(judge('refresh', json(status, { error }))).toEqual(expected)
      }
    },
  )

  test.each([400, 401, 403])('the log learns of refused credentials, with %i', (status) => {
    const judgement = judgeOutcome('refresh_token', json(status, { error: 'invalid_client' }))
    expect(judgement).toMatchObject({
      reason: "invalid_client: the proxy's own client id or secret is refused",
    })
  })
})

describe('an upstream that is too busy', () => {
  test.each([
    ['403 as the Java SDK has met it', text(403, '403 Forbidden (Rate Limit Exceeded)'), 429, '30'],
    ['429', text(429, ''), 429, '30'],
    ['503', text(503, '<html>'), 503, '5'],
    ['504', json(504, { error: 'invalid_grant' }), 504, '5'],
    ['a sane Retry-After', text(503, '', '7'), 503, '7'],
    ['a Retry-After of too long', text(429, '', '301'), 429, '30'],
    ['a Retry-After of nothing', text(429, '', '0'), 429, '30'],
    ['a Retry-After that is a date', text(503, '', 'Wed, 21 Oct 2026 07:28:00 GMT'), 503, '5'],
  ])('%s', (_name, outcome, status, retryAfter) => {
    expect(judge('refresh', outcome)).toEqual({
      answer: `${status} temporarily_unavailable`,
      level: 'warn',
      repeat: false,
      'retry-after': retryAfter,
    })
  })
})

describe('an answer that makes no sense', () => {
  test.each([
    ['HTML', text(502, '<html>Bad Gateway</html>')],
    ['HTML with status 200', text(200, '<html>Sign in to this wireless network</html>')],
    ['nothing', text(200, '')],
    ['a list', text(200, '[{"access_token":"a"}]')],
    ['a string', text(200, '"access_token"')],
    ['a 403 of another kind', text(403, 'Forbidden')],
    ['a redirect', json(307, { access_token: 'a' })],
    ['a redirect with an error code', json(302, { error: 'invalid_grant' })],
    ['no access token', json(200, { refresh_token: 'r' })],
    ['an empty access token', json(200, { access_token: '' })],
    ['an access token that is a number', json(200, { access_token: 1 })],
    ['a token of another type', json(200, { access_token: 'a', token_type: 'mac' })],
    ['tokens with another status', json(500, { access_token: 'a' })],
    ['an error that is no string', json(400, { error: { code: 'invalid_grant' } })],
  ])('%s', (_name, outcome) => {
    expect(judge('refresh', outcome)).toEqual({
      answer: '502 server_error',
      level: 'error',
      repeat: false,
    })
  })
})

describe('no answer', () => {
  test.each([
    ['unreachable', '503 temporarily_unavailable', true, { 'retry-after': '5' }],
    ['timeout', '504 temporarily_unavailable', false, { 'retry-after': '5' }],
    ['reset', '502 temporarily_unavailable', false, { 'retry-after': '5' }],
    ['unreadable', '502 server_error', false, {}],
  ] as const)('%s', (failure, answer, repeat, headers) => {
    expect(judge('code', { failure })).toEqual({ answer, level: 'error', repeat, ...headers })
  })
})

describe('tokens', () => {
  const tokens = (body: object) => judgeOutcome('authorization_code', json(200, body))

  test('pass with the members that RFC 6749 names, and no other', () => {
    const known = {
      access_token: '1/65_E',
      token_type: 'Bearer',
      expires_in: 86400,
      refresh_token: 'r',
      scope: 'all',
    }
    expect(tokens({ ...known, client_secret: 's', error: null })).toEqual({ tokens: known })
  })

  test('may tell their lifetime as text', () => {
    expect(tokens({ access_token: 'a', expires_in: '3600' })).toMatchObject({
      tokens: { expires_in: 3600 },
    })
  })

  test('lose members of the wrong type', () => {
    const wrong = { token_type: 1, expires_in: '1e9', refresh_token: {}, scope: ['all'] }
    expect(tokens({ access_token: 'a', ...wrong })).toEqual({
      tokens: { access_token: 'a', token_type: 'Bearer' },
    })
    expect(tokens({ access_token: 'a', expires_in: -1 })).not.toHaveProperty('tokens.expires_in')
  })
})
