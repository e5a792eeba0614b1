import { describe, expect, it } from 'vitest'
import { RoambiAuthError } from '../src/errors.ts'
import { judgeTokenAnswer } from '../src/token-answer.ts'

const judge = (status: number, text: string, retryAfter?: number) =>
  judgeTokenAnswer({ status, text, retryAfter })
const tokens = { access_token: '1/abc', token_type: 'bearer' }

describe('an answer with tokens', () => {
  it('gives them and their lifetime', () => {
    const body = { ...tokens, expires_in: 60, refresh_token: 'b10a59' }
    expect(judge(200, JSON.stringify(body))).toEqual({
      accessToken: '1/abc',
      refreshToken: 'b10a59',
      expiresIn: 60,
    })
  })

  it.each([
    ['a number as text', '60', 60],
    ['nothing', undefined, 86_400],
    ['no number', 'soon', 86_400],
    ['zero', 0, 86_400],
    ['less than nothing', -5, 86_400],
    ['null', null, 86_400],
    ['more than a clock can hold', 1e300, 86_400],
  ])('with %s as expires_in lives for %3$s s', (_, expires_in, expected) => {
    expect(judge(200, JSON.stringify({ ...tokens, expires_in })).expiresIn).toBe(expected)
  })
})

describe('an answer without tokens', () => {
  function refusal(status: number, text: string): RoambiAuthError {
    try {
      judge(status, text, 7000)
    } catch (error) {
      if (error instanceof RoambiAuthError) return error
    }
    throw new Error('expected a RoambiAuthError')
  }

  const invalidGrant = JSON.stringify({
    error: 'invalid_grant',
    error_description: 'Sign in again.',
  })

  it.each([
    [400, invalidGrant, 'invalid_grant', false],
    [400, '{"error":"invalid_request"}', 'invalid_request', false],
    [401, '{"error":"invalid_client"}', 'invalid_client', false],
    [400, '{"error":"invalid_dpop_proof"}', 'invalid_dpop_proof', false],
    [400, '{"error":"use_dpop_nonce"}', 'use_dpop_nonce', true],
    [429, '{"error":"temporarily_unavailable"}', 'server_error', true],
    [500, '{"error":"server_error"}', 'server_error', true],
    [502, '<html>Bad Gateway</html>', 'server_error', true],
    [503, invalidGrant, 'server_error', true],
    [403, '<html>Sign in to this hotel</html>', 'invalid_token_answer', true],
    [200, '<html>Sign in to this hotel</html>', 'invalid_token_answer', true],
    [200, '{"error":"invalid_grant"}', 'invalid_token_answer', true],
    [200, '{"access_token":""}', 'invalid_token_answer', true],
    [200, '{"access_token":7}', 'invalid_token_answer', true],
    [200, '{"access_token":"no\\nheader"}', 'invalid_token_answer', true],
    [200, 'null', 'invalid_token_answer', true],
    [404, '[]', 'invalid_token_answer', true],
  ])('%i %s means %s', (status, text, code, retryable) => {
    expect(refusal(status, text)).toMatchObject({ code, retryable })
  })

  it('tells when to come back', () => {
    expect(refusal(503, '')).toMatchObject({ retryAfter: 7000 })
  })

  it('tells the reason that the endpoint gives', () => {
    expect(refusal(400, invalidGrant).message).toContain('Sign in again.')
  })
})
