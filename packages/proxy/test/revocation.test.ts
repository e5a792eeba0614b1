// RFC 7009.
import { expect, test } from 'vitest'
import { type App, openApp } from './app.ts'
import { describeWithRedis, startRedis } from './redis-server.ts'
import {
  type Answer,
  answerOf,
  appOrigin,
  bearer,
  client,
  codeForm,
  plain,
  publicUrl,
  type StagedProxy,
  startEchoStage,
  startProxy,
  startStage,
} from './stage.ts'

const refreshTokenOf = ({ body }: Answer) => String(body.refresh_token)
const secondClient = { ...client, clientId: 'consumer-key-2' }

function revoke(
  { url }: StagedProxy,
  form: Record<string, string> | string,
  headers: Record<string, string> = { origin: appOrigin },
): Promise<Response> {
  const given = typeof form === 'string' ? form : { client_id: client.clientId, ...form }
  return fetch(`${url}/1/revoke`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(given).toString(),
  })
}

async function startWithRedis(...[settings, sandboxOptions]: Parameters<typeof startStage>) {
  const redis = await startRedis()
  const { proxy, sandbox } = await startStage({ redisUrl: redis.url, ...settings }, sandboxOptions)
  await expect.poll(proxy.log).toContain('connected to Redis')
  return { redis, proxy, sandbox, app: await openApp(proxy, sandbox) }
}

async function expectRevoked(response: Response) {
  expect(response.status).toBe(200)
  expect(await response.text()).toBe('')
  expect(response.headers.get('cache-control')).toBe('no-store')
}

async function expectDead(app: App, ...refreshTokens: string[]) {
  for (const refreshToken of refreshTokens) {
    expect(await app.refresh(refreshToken)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
  }
}

describeWithRedis('POST /1/revoke', () => {
  test('ends the whole sign-in, at all instances, and Roambi is asked for none of it', async () => {
    const { redis, proxy, sandbox, app } = await startWithRedis({}, { rotation: 'lenient' })
    const other = await startProxy({ redisUrl: redis.url, apiUrl: sandbox.apiUrl })
    await expect.poll(other.log).toContain('connected to Redis')
    const first = await app.getRefreshToken()
    const second = refreshTokenOf(await app.refresh(first))
    const third = refreshTokenOf(await app.refresh(second))
    const elsewhere = await openApp(proxy, sandbox)
    const another = await elsewhere.getRefreshToken()
    const calls = sandbox.tokenRequests.length

    await expectRevoked(await revoke(proxy, { token: second }))
    await expectDead(app, first, second, third)
    await expectDead(await openApp(other, sandbox, app.keys), first, second, third)
    expect(sandbox.tokenRequests).toHaveLength(calls)
    expect(await elsewhere.refresh(another)).toMatchObject({ status: 200 })
    expect((await app.redeem((await app.signIn()).code ?? '')).status).toBe(200)
  })

  test('is in the metadata', async () => {
    const { proxy } = await startWithRedis()
    const document = await fetch(`${proxy.url}/.well-known/oauth-authorization-server`)
    expect(await document.json()).toMatchObject({
      revocation_endpoint: `${publicUrl}/1/revoke`,
      revocation_endpoint_auth_methods_supported: ['none'],
    })
  })

  test('needs no key, and no page: a beacon and curl can call it', async () => {
    const { proxy, app } = await startWithRedis()
    const refreshToken = await app.getRefreshToken()
    await expectRevoked(await revoke(proxy, { token: refreshToken }, {}))
    await expectDead(app, refreshToken)
  })

  test('ends an unbound token, whatever the hint says', async () => {
    const { proxy, sandbox } = await startWithRedis(plain)
    const tokens = await proxy.post(codeForm(sandbox.issueCode()))
    const token = refreshTokenOf(tokens)
    await expectRevoked(await revoke(proxy, { token, token_type_hint: 'access_token' }))
    const form = {
      grant_type: 'refresh_token',
      client_id: client.clientId,
      refresh_token: token,
    }
    expect(await proxy.post(form)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  test('says the same of what is worth nothing already', async () => {
    const { redis, proxy, app } = await startWithRedis()
    const { code = '' } = await app.signIn()
    for (const token of ['x', 'a.b.c.d.e', code, '9'.repeat(64)]) {
      await expectRevoked(await revoke(proxy, { token, token_type_hint: 'refresh_token' }))
      await expectRevoked(await revoke(proxy, { token, token_type_hint: 'something' }))
    }
    expect(await redis.everything()).not.toContain('deny:')
    expect(await app.redeem(code)).toMatchObject({ status: 200 })
  })

  test('does nothing to the refresh token of another client', async () => {
    const redis = await startRedis()
    const { proxy, sandbox } = await startStage({ redisUrl: redis.url })
    const other = await startProxy({ redisUrl: redis.url, apiUrl: sandbox.apiUrl, ...secondClient })
    await expect.poll(other.log).toContain('connected to Redis')
    await expect.poll(proxy.log).toContain('connected to Redis')
    const app = await openApp(proxy, sandbox)
    const refreshToken = await app.getRefreshToken()
    const { clientId } = secondClient
    await expectRevoked(await revoke(other, { client_id: clientId, token: refreshToken }))
    expect(await redis.everything()).not.toContain('deny:')
    expect(await app.refresh(refreshToken)).toMatchObject({ status: 200 })
  })

  test('can revoke no access token, and says so', async () => {
    const { proxy, app } = await startWithRedis()
    const { code = '' } = await app.signIn()
    const token = String((await app.redeem(code)).body.access_token)
    const response = await revoke(proxy, { token, token_type_hint: 'access_token' })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'unsupported_token_type' })
  })

  test.each<[string, Record<string, string> | string, Record<string, string>, number, string]>([
    ['without token', {}, {}, 400, 'invalid_request'],
    ['without client', 'token=x', {}, 400, 'invalid_client'],
    ['of an unknown client', { client_id: 'other', token: 'x' }, {}, 400, 'invalid_client'],
    ['with a secret', { token: 'x', client_secret: 's' }, {}, 400, 'invalid_request'],
    ['with Authorization', { token: 'x' }, bearer, 400, 'invalid_request'],
    ['from elsewhere', { token: 'x' }, { origin: 'https://evil.example' }, 403, 'invalid_request'],
    ['twice a token', 'client_id=consumer-key-1&token=a&token=b', {}, 400, 'invalid_request'],
    ['too large', { token: 'x'.repeat(17_000) }, {}, 413, 'invalid_request'],
    ['as JSON', '{}', { 'content-type': 'application/json' }, 415, 'invalid_request'],
  ])('refuses a request %s', async (_name, form, headers, status, error) => {
    const { proxy } = await startWithRedis()
    const response = await revoke(proxy, form, { origin: appOrigin, ...headers })
    expect(await answerOf(response)).toMatchObject({ status, body: { error } })
  })

  test('refuses a token in the query, and other methods', async () => {
    const { proxy } = await startWithRedis()
    const query = new URLSearchParams({ client_id: client.clientId, token: 'x' })
    const body = new URLSearchParams({ client_id: client.clientId })
    const inQuery = await fetch(`${proxy.url}/1/revoke?${query}`, { method: 'POST', body })
    expect(inQuery.status).toBe(400)
    for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']) {
      const response = await fetch(`${proxy.url}/1/revoke`, { method, headers: bearer })
      expect(response.status).toBe(405)
      expect(response.headers.get('allow')).toBe('POST')
    }
  })

  test('can be called by pages of the app, also while they close', async () => {
    const { proxy, app } = await startWithRedis()
    const token = await app.getRefreshToken()
    const preflight = await fetch(`${proxy.url}/1/revoke`, {
      method: 'OPTIONS',
      headers: { origin: appOrigin, 'access-control-request-method': 'POST' },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe(appOrigin)
    const response = await revoke(proxy, { token })
    expect(response.headers.get('access-control-allow-origin')).toBe(appOrigin)
  })

  test('is put off without Redis, and nothing is said to be revoked that is not', async () => {
    const { redis, proxy, app } = await startWithRedis()
    const token = await app.getRefreshToken()
    await redis.stop()
    const response = await revoke(proxy, { token })
    expect(response.status).toBe(503)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(response.headers.get('access-control-allow-origin')).toBe(appOrigin)
    await redis.start()
    await expect.poll(async () => (await revoke(proxy, { token })).status).toBe(200)
    await expectDead(app, token)
  })

  test('is remembered as long as a token of the sign-in could live', async () => {
    const { redis, proxy, app } = await startWithRedis({
      refreshTokenLifetime: 1000,
      refreshTokenIdleLifetime: 10,
    })
    await revoke(proxy, { token: await app.getRefreshToken() })
    const connection = redis.connect()
    const [key = ''] = await connection.keys('*deny:*')
    const life = await connection.pttl(key)
    expect(life).toBeGreaterThan(1_000_000)
    expect(life).toBeLessThanOrEqual(1_060_000)
  })
})

test('without Redis there is no /1/revoke, and no token for it is forwarded', async () => {
  const { echo, proxy } = await startEchoStage()
  for (const method of ['GET', 'POST']) {
    for (const path of ['/1/revoke', '/1/revoke/', '/1/revoke/x']) {
      const response = await fetch(`${proxy.url}${path}`, { method, headers: bearer })
      expect(response.status).toBe(404)
    }
  }
  expect(echo.requests()).toBe(0)
})
