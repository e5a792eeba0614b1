import { expect, test } from 'vitest'
import { exchange, post, start, token } from './start.ts'

const refresh_token = 'f00d'
const grant_type = 'refresh_token'

test.each([
  ['client_id', { client_id: '' }, 400, 'invalid_request', '`client_id` is required'],
  ['client_secret', { client_secret: '' }, 400, 'invalid_request', '`client_secret` is required'],
  ['code', { code: '' }, 400, 'invalid_request', '`code` is required'],
  [
    'code with a grant type',
    { code: '', grant_type: 'authorization_code' },
    400,
    'invalid_request',
    '`code` is required',
  ],
  ['refresh_token', { grant_type }, 400, 'invalid_request', '`refresh_token` is required'],
  [
    'grant_type beside a refresh token',
    { refresh_token },
    400,
    'invalid_request',
    'Invalid `grant_type` parameter or parameter missing',
  ],
  [
    'redirect_uri',
    { redirect_uri: '' },
    400,
    'redirect_url_mismatch',
    'Redirect URL is missing or does not match',
  ],
])(
  'a token request without %s is refused',
  async (_name, changes, status, error, error_description) => {
    const sandbox = await start()
    const sent = Object.entries({ ...exchange(sandbox), ...changes }).filter(([, value]) => value)
    const answer = await token(sandbox, Object.fromEntries(sent))
    expect(answer).toMatchObject({ status, json: { error, error_description } })
  },
)

test.each([
  ['an unknown grant type', { grant_type: 'magic' }, 400, 'invalid_request'],
  ['an empty grant type', { grant_type: '' }, 400, 'invalid_request'],
  ['the password grant', { grant_type: 'password' }, 400, 'unauthorized_client'],
  [
    'the client credentials grant',
    { grant_type: 'client_credentials' },
    400,
    'unauthorized_client',
  ],
  ['a dead refresh token', { grant_type, refresh_token }, 400, 'invalid_request'],
  ['an unknown client', { client_id: 'stranger' }, 401, 'invalid_client'],
  ['a wrong secret', { client_secret: 'guess' }, 401, 'invalid_client'],
  ['an unknown code', { code: 'made-up' }, 400, 'invalid_grant'],
  [
    'another redirect URI',
    { redirect_uri: 'http://localhost:5173/' },
    400,
    'redirect_url_mismatch',
  ],
  [
    'another redirect URI on a refresh',
    { grant_type, refresh_token, redirect_uri: 'http://localhost:5173/' },
    400,
    'redirect_url_mismatch',
  ],
])('a token request with %s is refused', async (_name, changes, status, error) => {
  const sandbox = await start()
  const answer = await token(sandbox, { ...exchange(sandbox), ...changes })
  expect(answer).toMatchObject({ status, json: { error, error_description: expect.any(String) } })
})

test('a body that is no form, or no body, is an invalid request', async () => {
  const sandbox = await start()
  const url = `${sandbox.apiUrl}/token`
  const asJson = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(exchange(sandbox)),
  })
  expect([asJson.status, await asJson.json()]).toMatchObject([400, { error: 'invalid_request' }])
  expect(await post(url)).toMatchObject({ status: 400, json: { error: 'invalid_request' } })
})
