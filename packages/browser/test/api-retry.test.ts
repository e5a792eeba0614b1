import { describe, expect, it } from 'vitest'
import { asksToWait, delayBefore, refusesToken } from '../src/api-retry.ts'

const refusal = (error: string) => JSON.stringify({ error, error_description: 'Why.' })

describe('another token', () => {
  it.each(['expired_token', 'invalid_session', 'invalid_token'])('may help after %s', (error) => {
    expect(refusesToken(401, refusal(error))).toBe(true)
  })

  it('may help where nothing is said', () => {
    expect(refusesToken(401, '')).toBe(true)
  })

  it('does not help a disabled account', () => {
    expect(refusesToken(401, refusal('disabled_account'))).toBe(false)
  })

  it.each([200, 400, 403, 404, 500, 503])('does not help after %i', (status) => {
    expect(refusesToken(status, refusal('invalid_token'))).toBe(false)
  })
})

describe('a wait', () => {
  it.each([200, 202, 304, 400, 401, 402, 404, 408, 429, 500, 501])('is none for %i', (status) => {
    expect(asksToWait('GET', status, refusal('service_unavailable'))).toBe(false)
  })

  it.each(['GET', 'POST', 'PATCH'])('may help a busy API or proxy: %s', (method) => {
    expect(asksToWait(method, 503, refusal('service_unavailable'))).toBe(true)
    expect(asksToWait(method, 503, refusal('temporarily_unavailable'))).toBe(true)
    expect(asksToWait(method, 503, '')).toBe(true)
  })

  it('may help when it was one request too many, and not when access is denied', () => {
    expect(asksToWait('POST', 403, '403 Forbidden (Rate Limit Exceeded)')).toBe(true)
    expect(asksToWait('GET', 403, '403 Forbidden')).toBe(false)
    expect(asksToWait('GET', 403, refusal('access_denied'))).toBe(false)
  })

  it.each([
    ['GET', true],
    ['HEAD', true],
    ['OPTIONS', true],
    ['PUT', true],
    ['DELETE', true],
    ['POST', false],
    ['PATCH', false],
  ])('is for what may have been done already, if twice does no harm: %s', (method, isSent) => {
    expect(asksToWait(method, 502, '')).toBe(isSent)
    expect(asksToWait(method, 504, '')).toBe(isSent)
  })
})

describe('its length', () => {
  it('grows by a second each time', () => {
    expect([1, 2, 3].map((wait) => delayBefore(wait, null))).toEqual([1000, 2000, 3000])
  })

  it.each([
    ['5', 5000],
    ['0', 1000],
    ['3600', 30_000],
    ['9'.repeat(400), 30_000],
    ['soon', 1000],
    ['Thu, 01 Jan 2099 00:00:00 GMT', 1000],
    ['', 1000],
    ['-5', 1000],
  ])('is what Retry-After says: %s', (retryAfter, delay) => {
    expect(delayBefore(1, retryAfter)).toBe(delay)
  })

  it('is not made shorter by Retry-After', () => {
    expect([1, 2, 3].map((wait) => delayBefore(wait, '2'))).toEqual([2000, 2000, 3000])
  })
})
