import { expect, test } from 'vitest'
import type { Sandbox } from '../src/index.ts'
import { api, ask, exchange, post, refresh, signIn, start, token } from './start.ts'

const path = '/user/resources'

// Each lever twice: pulled by the test's own hand, and over HTTP.
test.each([
  ['expireAccessTokens', (sandbox: Sandbox) => sandbox.expireAccessTokens()],
  ['/sandbox/expire', (sandbox: Sandbox) => pull(sandbox, 'expire')],
])('%s: every access token is expired, and a new one is not', async (_name, expire) => {
  const sandbox = await start()
  const { access_token } = await signIn(sandbox)
  await expire(sandbox)
  expect(await api(sandbox, path, access_token)).toMatchObject({
    status: 401,
    json: { error: 'expired_token' },
  })
  const { access_token: later } = await signIn(sandbox)
  expect(await api(sandbox, path, later)).toMatchObject({ status: 200 })
})

test.each([
  ['revokeRefreshTokens', (sandbox: Sandbox) => sandbox.revokeRefreshTokens()],
  ['/sandbox/revoke', (sandbox: Sandbox) => pull(sandbox, 'revoke')],
])('%s: every refresh token is dead, and access tokens live on', async (_name, revoke) => {
  const sandbox = await start()
  const { access_token, refresh_token } = await signIn(sandbox)
  await revoke(sandbox)
  expect(await refresh(sandbox, refresh_token)).toMatchObject({
    status: 400,
    json: { error: 'invalid_request', error_description: 'Invalid refresh token' },
  })
  expect(await api(sandbox, path, access_token)).toMatchObject({ status: 200 })
})

test.each([
  ['set', (sandbox: Sandbox) => sandbox.set({ tokenLifetime: 30, rotation: 'lenient' })],
  ['/sandbox/set', (sandbox: Sandbox) => pull(sandbox, 'set?tokenLifetime=30&rotation=lenient')],
])('%s changes the lifetime and the rotation at once', async (_name, set) => {
  const sandbox = await start()
  await set(sandbox)
  const tokens = await signIn(sandbox)
  expect(tokens.expires_in).toBe(30)
  const renewed = await refresh(sandbox, tokens.refresh_token)
  expect(renewed.json).not.toMatchObject({ refresh_token: tokens.refresh_token })
})

test('/sandbox/fail plans a fault', async () => {
  const sandbox = await start()
  await pull(sandbox, 'fail?fault=html&times=2&on=token')
  await pull(sandbox, 'fail?fault=503')
  const statuses = []
  for (let count = 1; count <= 4; count++) {
    statuses.push((await token(sandbox, exchange(sandbox))).status)
  }
  expect(statuses).toEqual([502, 502, 503, 200])
})

test('a new redirect URI replaces the registered one', async () => {
  const sandbox = await start()
  const old = exchange(sandbox)
  sandbox.set({ redirectUri: 'http://localhost:3000/back' })
  expect(sandbox.client.redirectUri).toBe('http://localhost:3000/back')
  expect(await token(sandbox, old)).toMatchObject({ json: { error: 'redirect_url_mismatch' } })
  expect(await token(sandbox, exchange(sandbox))).toMatchObject({ status: 200 })
})

test('a disabled account is told so', async () => {
  const sandbox = await start()
  const { access_token } = await signIn(sandbox)
  sandbox.set({ accountDisabled: true })
  expect(await api(sandbox, path, access_token)).toMatchObject({
    status: 401,
    json: { error: 'disabled_account' },
  })
})

test('latency delays Roambi, not the levers', async () => {
  const sandbox = await start({ latency: 500 })
  const before = performance.now()
  const order: string[] = []
  const slow = token(sandbox, exchange(sandbox)).then(() => order.push('token'))
  await ask(`${sandbox.url}/sandbox`).then(() => order.push('lever'))
  await slow
  expect(order).toEqual(['lever', 'token'])
  // A timer may be a millisecond early.
  expect(performance.now() - before).toBeGreaterThan(490)
})

test('the state shows settings and counts, never secrets or tokens', async () => {
  const sandbox = await start()
  const { access_token, refresh_token } = await signIn(sandbox)
  await api(sandbox, path, access_token)
  const { json, text } = await ask(`${sandbox.url}/sandbox`)
  expect(json).toMatchObject({
    settings: { clientId: sandbox.client.clientId, tokenLifetime: 86400, rotation: 'off' },
    tokenRequests: 1,
    apiRequests: 1,
  })
  for (const secret of [sandbox.client.clientSecret, access_token, refresh_token]) {
    expect(text).not.toContain(secret)
  }
})

test.each([
  ['set?tokenLifetime=soon', '`tokenLifetime` must be a whole number of seconds, 1 or more.'],
  ['set?rotation=wild', '`rotation` must be off, lenient or strict.'],
  ['set?rateLimitStatus=500', '`rateLimitStatus` must be 503 or 403.'],
  ['set?redirectUri=/callback', '`redirectUri` must be an absolute URI without a fragment.'],
  ['set?clientSecret=x', '`clientSecret` is not known.'],
  ['fail', '`fault` is required.'],
  ['fail?fault=hang&on=moon', '`on` must be token, api or authorize.'],
  ['fail?fault=hang&times=0', '`times` must be 1 to 1000.'],
])('the lever %s is refused in a sentence', async (lever, error_description) => {
  const sandbox = await start()
  const answer = await post(`${sandbox.url}/sandbox/${lever}`)
  expect(answer).toMatchObject({ status: 400, json: { error_description } })
})

test('a page of any origin may press a lever, and nothing else', async () => {
  const sandbox = await start()
  const cors = 'access-control-allow-origin'
  for (const lever of ['expire', 'revoke', 'set?latency=0', 'fail?fault=404&on=api', 'fail']) {
    const { headers } = await post(`${sandbox.url}/sandbox/${lever}`)
    expect(headers.get(cors)).toBe('*')
  }
  expect((await ask(`${sandbox.url}/sandbox`)).headers.get(cors)).toBe('*')
  const issued = await token(sandbox, exchange(sandbox))
  const dialog = await ask(`${sandbox.apiUrl}/authorize`)
  const unknown = await ask(`${sandbox.apiUrl}/nowhere`)
  const resources = await api(sandbox, path, '1/made-up')
  for (const { headers } of [issued, dialog, unknown, resources])
    expect(headers.get(cors)).toBeNull()
})

async function pull(sandbox: Sandbox, lever: string): Promise<void> {
  expect(await ask(`${sandbox.url}/sandbox/${lever}`, { method: 'POST' })).toMatchObject({
    status: 200,
  })
}
