// Two instances with the same keys and the same Redis, in front of one Roambi.
import { generateProof } from 'dpop'
import { expect, test } from 'vitest'
import { openApp, tokenUrl } from './app.ts'
import { describeWithRedis, startRedis } from './redis-server.ts'
import { type Answer, refreshForm, type StagedProxy, startProxy, startStage } from './stage.ts'

const refreshTokenOf = ({ body }: Answer) => String(body.refresh_token)

async function startInstances(...[settings, sandboxOptions]: Parameters<typeof startStage>) {
  const redis = await startRedis()
  const { proxy, sandbox } = await startStage({ redisUrl: redis.url, ...settings }, sandboxOptions)
  const other = await startProxy({ redisUrl: redis.url, apiUrl: sandbox.apiUrl, ...settings })
  await Promise.all([proxy, other].map(isConnected))
  const app = await openApp(proxy, sandbox)
  return { redis, sandbox, app, atOther: await openApp(other, sandbox, app.keys), proxy, other }
}

const isConnected = (proxy: StagedProxy) => expect.poll(proxy.log).toContain('connected to Redis')

describeWithRedis('with Redis, at either instance', () => {
  test('a sign-in begins, comes back, is redeemed and renewed', async () => {
    const { app, atOther } = await startInstances()
    const callback = await app.comeBack()
    for (const [name, cookie] of app.cookies) atOther.cookies.set(name, cookie)
    const response = await atOther.visit(callback)
    const { code = '' } = Object.fromEntries(
      new URL(response.headers.get('location') ?? '').searchParams,
    )
    const tokens = await app.redeem(code)
    expect(await atOther.refresh(refreshTokenOf(tokens))).toMatchObject({ status: 200 })
  })

  test('a callback that is loaded twice, once at each, spends its code once', async () => {
    const { app, atOther, sandbox } = await startInstances()
    const callback = await app.comeBack()
    for (const [name, cookie] of app.cookies) atOther.cookies.set(name, cookie)
    const both = await Promise.all([app.visit(callback), atOther.visit(callback)])
    const [one, another] = both.map((response) => response.headers.get('location'))
    expect(one).toContain('code=')
    expect(another).toBe(one)
    expect(sandbox.tokenRequests).toHaveLength(1)
  })

  test('a code is spent for both, also when both are asked at once', async () => {
    const { app, atOther } = await startInstances()
    const { code: first = '' } = await app.signIn()
    expect(await app.redeem(first)).toMatchObject({ status: 200 })
    expect(await atOther.redeem(first)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
    const { code = '' } = await app.signIn()
    const many = Array.from({ length: 10 }, () => [app.redeem(code), atOther.redeem(code)]).flat()
    const statuses = (await Promise.all(many)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
  })

  test('a code stays spent where the clock is a minute behind', async () => {
    const { app, redis } = await startInstances()
    const { code = '' } = await app.signIn()
    expect(await app.redeem(code)).toMatchObject({ status: 200 })
    const connection = redis.connect()
    const [spent = ''] = await connection.keys('*:code:*')
    expect(await connection.pttl(spent)).toBeGreaterThan(110_000)
  })

  test('a proof is used up for both', async () => {
    const { app, proxy, other } = await startInstances()
    const form = refreshForm(await app.getRefreshToken())
    const prove = (nonce?: string) => generateProof(app.keys, tokenUrl, 'POST', nonce)
    const asked = await proxy.post(form, { dpop: await prove() })
    const dpop = await prove(asked.headers.get('dpop-nonce') ?? '')
    expect(await proxy.post(form, { dpop })).toMatchObject({ status: 200 })
    expect(await other.post(form, { dpop })).toMatchObject({
      status: 400,
      body: { error: 'invalid_dpop_proof' },
    })
  })

  test('a lost answer is had from the other, until its token is used, with strict rotation', async () => {
    const { app, atOther, sandbox } = await startInstances({}, { rotation: 'strict' })
    const first = await app.getRefreshToken()
    const lost = await app.refresh(first)
    const calls = sandbox.tokenRequests.length
    const again = await atOther.refresh(first)
    expect(again.body).toEqual({ ...lost.body, expires_in: expect.any(Number) })
    expect(sandbox.tokenRequests).toHaveLength(calls)

    expect(await atOther.refresh(refreshTokenOf(again))).toMatchObject({ status: 200 })
    for (const instance of [app, atOther]) {
      expect(await instance.refresh(first)).toMatchObject({ status: 400 })
    }
    expect(sandbox.tokenRequests.at(-1)?.status).toBe(400)
  })

  test("a lost answer is nobody else's", async () => {
    const { app, other, sandbox } = await startInstances({}, { rotation: 'strict' })
    const first = await app.getRefreshToken()
    await app.refresh(first)
    const thief = await openApp(other, sandbox)
    expect(await thief.refresh(first)).toMatchObject({ status: 400 })
    expect(await other.post(refreshForm(first))).toMatchObject({ status: 400 })
  })

  test.each(['off', 'strict'] as const)(
    'fifty renewals at once are one (rotation %s)',
    async (rotation) => {
      const { app, atOther, sandbox } = await startInstances({}, { rotation })
      const refreshToken = await app.getRefreshToken()
      const calls = sandbox.tokenRequests.length
      const all = Array.from({ length: 50 }, (_, i) => (i % 2 ? app : atOther))
      const answers = await Promise.all(all.map((instance) => instance.refresh(refreshToken)))
      expect(answers.map(({ status }) => status)).toEqual(all.map(() => 200))
      expect(new Set(answers.map(({ body }) => body.access_token)).size).toBe(1)
      expect(sandbox.tokenRequests).toHaveLength(calls + 1)
    },
  )

  test('a renewal whose instance fails is asked for by the other', async () => {
    const { app, atOther, sandbox } = await startInstances({}, { rotation: 'strict' })
    const refreshToken = await app.getRefreshToken()
    sandbox.failNext('html')
    expect(await app.refresh(refreshToken)).toMatchObject({ status: 502 })
    expect(await atOther.refresh(refreshToken)).toMatchObject({ status: 200 })
  })

  test('nothing in Redis is of use to who reads it, nor in the log', async () => {
    const { redis, sandbox, app, proxy, other } = await startInstances({}, { rotation: 'strict' })
    const { code = '' } = await app.signIn()
    const tokens = await app.redeem(code)
    const renewed = await app.refresh(refreshTokenOf(tokens))
    await fetch(`${proxy.url}/1/revoke`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: 'consumer-key-1',
        token: refreshTokenOf(renewed),
      }),
    })
    const secrets = [
      ...[code, refreshTokenOf(tokens), refreshTokenOf(renewed)],
      ...[tokens.body.access_token, renewed.body.access_token].map(String),
      ...sandbox.tokenRequests.flatMap(({ parameters }) =>
        ['code', 'refresh_token', 'client_secret'].flatMap((name) => parameters[name] ?? []),
      ),
      ...[...app.cookies.values()].map(String),
      app.jkt,
    ]
    const stored = await redis.everything()
    for (const kind of ['code:', 'proof:', 'answer:', 'successor:', 'deny:']) {
      expect(stored).toContain(kind)
    }
    expect(secrets.length).toBeGreaterThan(8)
    for (const secret of secrets) expect(stored).not.toContain(secret)
    for (const log of [proxy.log(), other.log()]) {
      for (const secret of [...secrets, redis.password]) expect(log).not.toContain(secret)
    }
  })
})
