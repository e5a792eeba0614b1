import { describe, expect, it } from 'vitest'
import { checkOptions } from '../src/options.ts'

const options = { clientId: 'client-1', proxyUrl: 'https://auth.example.com' }

describe('options', () => {
  it('lead to the addresses of the proxy', () => {
    expect(checkOptions(options)).toMatchObject({
      authorizeUrl: 'https://auth.example.com/1/authorize',
      issuer: 'https://auth.example.com',
      tokenUrl: 'https://auth.example.com/1/token',
      apiUrl: 'https://auth.example.com/1/',
    })
  })

  it.each(['https://example.com/auth', 'https://example.com/auth/'])(
    'may name a proxy in a folder: %s',
    (proxyUrl) => {
      expect(checkOptions({ ...options, proxyUrl })).toMatchObject({
        authorizeUrl: 'https://example.com/auth/1/authorize',
        issuer: 'https://example.com',
        tokenUrl: 'https://example.com/auth/1/token',
        apiUrl: 'https://example.com/auth/1/',
      })
    },
  )

  it("may name Roambi's own authorize page, which says no issuer", () => {
    const authorizeUrl = 'https://api.roambi.com/1/authorize'
    const settings = checkOptions({ ...options, authorizeUrl })
    expect(settings).toMatchObject({ authorizeUrl, issuer: undefined })
  })

  it("take the callback page on the app's own origin", () => {
    expect(checkOptions(options).redirectUri()).toBe('http://localhost:5173/callback.html')
    const redirectUri = 'http://localhost:5173/signed-in'
    expect(checkOptions({ ...options, redirectUri }).redirectUri()).toBe(redirectUri)
  })

  it('keep apps apart that share an origin', () => {
    const names = [
      checkOptions(options).name,
      checkOptions({ ...options, clientId: 'client-2' }).name,
      checkOptions({ ...options, proxyUrl: 'https://other.example.com' }).name,
    ]
    expect(new Set(names).size).toBe(3)
  })

  it.each([
    [{ clientId: '' }, '`clientId`'],
    [{ clientId: undefined }, '`clientId`'],
    [{ proxyUrl: undefined }, '`proxyUrl`'],
    [{ proxyUrl: 'auth.example.com' }, '`proxyUrl`'],
    [{ proxyUrl: 'javascript:alert(1)' }, '`proxyUrl`'],
    [{ apiUrl: '/1' }, '`apiUrl`'],
    [{ authorizeUrl: '' }, '`authorizeUrl`'],
    [{ redirectUri: '/callback.html' }, '`redirectUri`'],
    [{ redirectUri: 'http://' }, '`redirectUri`'],
  ])('are refused by name: %j', (wrong, named) => {
    const given = { ...options, ...wrong } as typeof options
    expect(() => checkOptions(given)).toThrow(
      expect.objectContaining({ code: 'invalid_option', message: expect.stringContaining(named) }),
    )
  })
})
