import { describe, expect, it } from 'vitest'
import {
  authorizationUrl,
  createAuthorizationRequest,
  judgeCallback,
} from '../src/authorization.ts'
import { codeChallenge } from '../src/pkce.ts'

const fixed = {
  authorizeUrl: 'https://api.roambi.com/1/authorize',
  clientId: 'client-1',
  redirectUri: 'https://app.example.com/callback.html',
}

describe('an authorization request', () => {
  it('asks for a code with state and an S256 challenge', async () => {
    const request = createAuthorizationRequest(fixed)
    const url = new URL(await authorizationUrl(request))
    expect(url.origin + url.pathname).toBe(fixed.authorizeUrl)
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'client-1',
      redirect_uri: fixed.redirectUri,
      state: request.state,
      code_challenge: await codeChallenge(request.codeVerifier),
      code_challenge_method: 'S256',
    })
    expect(url.href).not.toContain(request.codeVerifier)
  })

  it('has 256 fresh random bits of state and of verifier each time', () => {
    const requests = Array.from({ length: 50 }, () => createAuthorizationRequest(fixed))
    const secrets = requests.flatMap(({ state, codeVerifier }) => [state, codeVerifier])
    expect(new Set(secrets).size).toBe(100)
    for (const secret of secrets) expect(secret).toMatch(/^[\w-]{43}$/)
  })

  it('keeps the query that the authorize page already has', async () => {
    const authorizeUrl = 'https://api.roambi.com/1/authorize?locale=de'
    const url = await authorizationUrl(createAuthorizationRequest({ ...fixed, authorizeUrl }))
    expect(new URL(url).searchParams.get('locale')).toBe('de')
  })

  it('makes the challenge of RFC 7636 appendix B', async () => {
    const challenge = await codeChallenge('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')
    expect(challenge).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')
  })
})

describe('the answer at the callback page', () => {
  const request = createAuthorizationRequest(fixed)
  const { state } = request
  const judge = (query: string) => judgeCallback(`${fixed.redirectUri}?${query}`, request)

  it('gives its code', () => {
    expect(judge(`code=abc%2Fd&state=${state}`)).toBe('abc/d')
  })

  it.each([
    ['no state', 'code=abc'],
    ['a foreign state', 'code=abc&state=somebody-elses'],
    ['two states', `code=abc&state=${state}&state=${state}`],
    ['two codes', `code=abc&code=def&state=${state}`],
    ['no code', `state=${state}`],
    ['an empty code', `code=&state=${state}`],
    ['a code and an error', `code=abc&error=access_denied&state=${state}`],
  ])('is refused with %s', (_, query) => {
    expect(() => judge(query)).toThrow(expect.objectContaining({ code: 'invalid_callback' }))
  })

  it('passes an OAuth error on by its name', () => {
    expect(() => judge(`error=access_denied&state=${state}`)).toThrow(
      expect.objectContaining({ code: 'access_denied', retryable: false }),
    )
  })

  it('is not believed when an error comes with a foreign state', () => {
    expect(() => judge('error=access_denied&state=foreign')).toThrow(
      expect.objectContaining({ code: 'invalid_callback' }),
    )
  })
})
