import { describe, expect, it } from 'vitest'
import { RoambiAuthError } from '../src/errors.ts'
import { createTokenEndpoint, judgeAnswer } from '../src/token-endpoint.ts'

const tokens = { access_token: '1/abc', token_type: 'bearer' }

describe('an answer with tokens', () => {
  it('gives them and their lifetime', () => {
    const body = { ...tokens, expires_in: 60, refresh_token: 'b10a59' }
    expect(judgeAnswer(200, JSON.stringify(body))).toEqual({
      tokens: { accessToken: '1/abc', refreshToken: 'b10a59' },
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
    expect(judgeAnswer(200, JSON.stringify({ ...tokens, expires_in })).expiresIn).toBe(expected)
  })
})

describe('an answer without tokens', () => {
  function refusal(status: number, text: string): RoambiAuthError {
    try {
      judgeAnswer(status, text)
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

  it('tells the reason that the endpoint gives', () => {
    expect(refusal(400, invalidGrant).message).toContain('Sign in again.')
  })
})

it('is asked once, with a form and without cookies', async () => {
  const asked: { method: string; credentials: string; form: string }[] = []
  const endpoint = createTokenEndpoint({
    url: 'https://auth.example.com/1/token',
    clientId: 'client-1',
    now: () => 1000,
    async fetch(input) {
      const request = new Request(input)
      const { method, credentials } = request
      asked.push({ method, credentials, form: await request.text() })
      return Response.json({ ...tokens, expires_in: 60 })
    },
  })
  const request = {
    authorizeUrl: 'https://api.roambi.com/1/authorize',
    clientId: 'client-1',
    redirectUri: 'http://localhost:5173/callback.html',
    state: 'state-1',
    codeVerifier: 'verifier-1',
  }
  expect(await endpoint.redeem('code-1', request)).toEqual({
    accessToken: '1/abc',
    refreshToken: undefined,
    code: 'code-1',
    redirectUri: request.redirectUri,
    signedInAt: 1000,
    renewedAt: 1000,
    expiresAt: 61_000,
  })
  expect(asked).toMatchObject([{ method: 'POST', credentials: 'omit' }])
  expect(Object.fromEntries(new URLSearchParams(asked[0]?.form))).toEqual({
    grant_type: 'authorization_code',
    client_id: 'client-1',
    code: 'code-1',
    redirect_uri: request.redirectUri,
    code_verifier: 'verifier-1',
  })
})
