import { describe, expect, test } from 'vitest'
import { type RawParameters, readParameters } from '../src/http/parameters.ts'
import { judgeTokenForm } from '../src/token/token-form.ts'
import { codeForm, redirectUri, refreshForm } from './stage.ts'

const judge = (form: RawParameters) =>
  judgeTokenForm(readParameters(form), { redirectUris: [redirectUri] })

describe('what passes', () => {
  test('a code with its redirect URI', () => {
    expect(judge(codeForm('c-1'))).toEqual({
      grantType: 'authorization_code',
      code: 'c-1',
      redirectUri,
    })
  })

  test('a code without grant_type, as in the guide', () => {
    const { grant_type: _, ...form } = codeForm('c-1')
    expect(judge(form)).toEqual(judge(codeForm('c-1')))
  })

  test('a refresh token alone', () => {
    expect(judge(refreshForm('r-1'))).toEqual({ grantType: 'refresh_token', refreshToken: 'r-1' })
  })

  test('a code verifier of 43 to 128 characters', () => {
    for (const codeVerifier of ['v'.repeat(43), '~.-_'.repeat(32)]) {
      const form = { ...codeForm('c-1'), code_verifier: codeVerifier }
      expect(judge(form)).toMatchObject({ codeVerifier })
    }
  })

  test('what has no meaning here is dropped, as the code that the guide sends on a refresh', () => {
    const code = { ...codeForm('c-1'), scope: 's', resource: 'x' }
    expect(judge(code)).toEqual(judge(codeForm('c-1')))
    const refresh = { ...refreshForm('r-1'), code: 'c-1', redirect_uri: 'https://evil.example' }
    expect(judge(refresh)).toEqual(judge(refreshForm('r-1')))
  })

  test('an empty parameter counts as absent', () => {
    expect(judge({ ...refreshForm('r-1'), code: '', client_secret: '' })).toEqual(
      judge(refreshForm('r-1')),
    )
  })
})

describe('what is refused', () => {
  const cases: [string, RawParameters, string][] = [
    ['a client secret', { ...codeForm('c'), client_secret: 'x' }, 'invalid_request'],
    ['a client assertion', { ...codeForm('c'), client_assertion: 'x' }, 'invalid_request'],
    ['a user name', { ...codeForm('c'), username: 'x' }, 'invalid_request'],
    ['a password', { ...codeForm('c'), password: 'x' }, 'invalid_request'],
    ['another grant type', { ...codeForm('c'), grant_type: 'password' }, 'unsupported_grant_type'],
    [
      'the name of an object member as grant type',
      { ...codeForm('c'), grant_type: 'constructor' },
      'unsupported_grant_type',
    ],
    ['neither grant type nor code', { client_id: 'consumer-key-1' }, 'invalid_request'],
    ['a refresh token without grant type', refreshOnly(), 'invalid_request'],
    ['no code', { ...codeForm('c'), code: '' }, 'invalid_request'],
    ['no redirect_uri', { ...codeForm('c'), redirect_uri: '' }, 'invalid_request'],
    [
      'a redirect URI that only begins like ours',
      { ...codeForm('c'), redirect_uri: `${redirectUri}?x` },
      'invalid_request',
    ],
    ['a short verifier', { ...codeForm('c'), code_verifier: 'v'.repeat(42) }, 'invalid_request'],
    ['a long verifier', { ...codeForm('c'), code_verifier: 'v'.repeat(129) }, 'invalid_request'],
    ['a strange verifier', { ...codeForm('c'), code_verifier: '+'.repeat(43) }, 'invalid_request'],
    ['no refresh token', { ...refreshForm(''), code: 'c' }, 'invalid_request'],
    ['a repeated parameter', { ...codeForm('c'), code: ['c', 'd'] }, 'invalid_request'],
    ['a repeated unknown one', { ...codeForm('c'), scope: ['a', 'b'] }, 'invalid_request'],
    ['an endless code', { ...codeForm('c'.repeat(8193)) }, 'invalid_request'],
    ['a code with a line break', codeForm('c\r\nd'), 'invalid_request'],
    ['an endless refresh token', refreshForm('r'.repeat(8193)), 'invalid_request'],
    ['a refresh token beyond ASCII', refreshForm('é'), 'invalid_request'],
  ]

  test.each(cases)('%s', (_name, form, code) => {
    expect(() => judge(form)).toThrow(expect.objectContaining({ name: 'OAuthError', code }))
  })

  test('a secret, with a sentence that says where it belongs', () => {
    expect(() => judge({ ...codeForm('c'), client_secret: 'x' })).toThrow('belongs on the proxy')
  })
})

function refreshOnly(): RawParameters {
  const { grant_type: _, ...form } = refreshForm('r')
  return { ...form, code: 'c' }
}
