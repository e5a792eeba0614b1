import { describe, expect, it } from 'vitest'
import {
  authorizationUrl,
  createAuthorizationRequest,
  judgeCallback,
} from '../src/authorization.ts'
import { sha256 } from '../src/base64url.ts'
import { thumbprintOf } from '../src/dpop-key.ts'

const fixed = {
  authorizeUrl: 'https://auth.example.com/1/authorize',
  clientId: 'client-1',
  redirectUri: 'https://app.example.com/callback.html',
  issuer: 'https://auth.example.com',
}

describe('an authorization request', () => {
  it('asks for a code with state, an S256 challenge and the thumbprint of its key', async () => {
    const request = await createAuthorizationRequest(fixed)
    const url = new URL(await authorizationUrl(request))
    expect(url.origin + url.pathname).toBe(fixed.authorizeUrl)
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'client-1',
      redirect_uri: fixed.redirectUri,
      state: request.state,
      code_challenge: await sha256(request.codeVerifier),
      code_challenge_method: 'S256',
      dpop_jkt: await thumbprintOf(request.dpopKey),
    })
    expect(url.href).not.toContain(request.codeVerifier)
  })

  it('has 256 fresh random bits of state and of verifier each time', async () => {
    const made = Array.from({ length: 50 }, () => createAuthorizationRequest(fixed))
    const requests = await Promise.all(made)
    const secrets = requests.flatMap(({ state, codeVerifier }) => [state, codeVerifier])
    expect(new Set(secrets).size).toBe(100)
    for (const secret of secrets) expect(secret).toMatch(/^[\w-]{43}$/)
  })

  it('keeps the query that the authorize page already has', async () => {
    const authorizeUrl = 'https://api.roambi.com/1/authorize?locale=de'
    const request = await createAuthorizationRequest({ ...fixed, authorizeUrl })
    const url = await authorizationUrl(request)
    expect(new URL(url).searchParams.get('locale')).toBe('de')
  })

  it('has a key of its own each time', async () => {
    const made = Array.from({ length: 20 }, () => createAuthorizationRequest(fixed))
    const thumbprints = (await Promise.all(made)).map(({ dpopKey }) => thumbprintOf(dpopKey))
    expect(new Set(await Promise.all(thumbprints)).size).toBe(20)
  })

  it('makes the challenge of RFC 7636 appendix B', async () => {
    const challenge = await sha256('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')
    expect(challenge).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')
  })
})

describe('the answer at the callback page', async () => {
  const request = await createAuthorizationRequest(fixed)
  const { state } = request
  const ours = `state=${state}&iss=https%3A%2F%2Fauth.example.com`
  const judge = (query: string, asked = request) =>
    judgeCallback(`${fixed.redirectUri}?${query}`, asked)

  it('gives its code', () => {
    expect(judge(`code=abc%2Fd&${ours}`)).toBe('abc/d')
  })

  it.each([
    ['no state', 'code=abc&iss=https://auth.example.com'],
    ['a foreign state', 'code=abc&state=somebody-elses&iss=https://auth.example.com'],
    ['two states', `code=abc&state=${state}&${ours}`],
    ['two codes', `code=abc&code=def&${ours}`],
    ['no code', ours],
    ['an empty code', `code=&${ours}`],
    ['a code and an error', `code=abc&error=access_denied&${ours}`],
    ['two issuers', `code=abc&${ours}&iss=https://auth.example.com`],
    ['two issuers, one of them foreign', `code=abc&${ours}&iss=https://evil.example.com`],
  ])('is refused with %s', (_, query) => {
    expect(() => judge(query)).toThrow(expect.objectContaining({ code: 'invalid_callback' }))
  })

  it('passes an OAuth error on by its name', () => {
    expect(() => judge(`error=access_denied&${ours}`)).toThrow(
      expect.objectContaining({ code: 'access_denied', retryable: false }),
    )
  })

  it.each([
    ['server_error', true],
    ['temporarily_unavailable', true],
    ['invalid_request', false],
    ['constructor', false],
  ])('may pass, or not: %s', (error, retryable) => {
    expect(() => judge(`error=${error}&${ours}`)).toThrow(
      expect.objectContaining({ code: error, retryable, message: expect.any(String) }),
    )
  })

  it('tells the reason that comes along', () => {
    const query = `error=invalid_request&error_description=No+challenge.&${ours}`
    expect(() => judge(query)).toThrow('The sign-in was refused: No challenge.')
  })

  it('is not believed when an error comes with a foreign state', () => {
    expect(() => judge('error=access_denied&state=foreign&iss=https://auth.example.com')).toThrow(
      expect.objectContaining({ code: 'invalid_callback' }),
    )
  })

  describe.each(['code=abc', 'error=access_denied'])('%s', (answer) => {
    it.each([
      ['no issuer', ''],
      ['an empty one', '&iss='],
      ['a foreign one', '&iss=https://evil.example.com'],
      ['a slash at the end of it', '&iss=https://auth.example.com/'],
      ['other letters', '&iss=https://AUTH.example.com'],
      ['its default port', '&iss=https://auth.example.com:443'],
    ])('is refused with %s, and says what to look at', (_, iss) => {
      expect(() => judge(`${answer}&state=${state}${iss}`)).toThrow(
        expect.objectContaining({
          code: 'invalid_callback',
          message: expect.stringMatching(
            /not https:\/\/auth\.example\.com\. Is `proxyUrl` .*PUBLIC_URL/,
          ),
        }),
      )
    })
  })

  describe("of Roambi's own page", () => {
    const direct = { ...request, issuer: undefined }

    it('gives its code without an issuer', () => {
      expect(judge(`code=abc&state=${state}`, direct)).toBe('abc')
    })

    it.each(['code=abc', 'error=access_denied'])('is refused with an issuer: %s', (answer) => {
      expect(() => judge(`${answer}&${ours}`, direct)).toThrow(
        expect.objectContaining({
          code: 'invalid_callback',
          message: expect.stringContaining('leave out `authorizeUrl`'),
        }),
      )
    })
  })
})
