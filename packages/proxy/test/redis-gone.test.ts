// Redis is stopped, hangs, and comes back: nobody waits for it, and nothing is lost.
import { describe, expect, test } from 'vitest'
import { codeVerifier, openApp } from './app.ts'
import { describeWithRedis, type RedisServer, startRedis } from './redis-server.ts'
import {
  type Answer,
  bearer,
  codeForm,
  plain,
  redirectUri,
  refreshForm,
  type StagedProxy,
  startProxy,
  startStage,
  startUpstream,
} from './stage.ts'

const refreshTokenOf = ({ body }: Answer) => String(body.refresh_token)

async function startWithRedis(...[settings, sandboxOptions]: Parameters<typeof startStage>) {
  const redis = await startRedis()
  const stage = await startStage({ redisUrl: redis.url, ...settings }, sandboxOptions)
  await connected(stage.proxy, 1)
  return { redis, ...stage, app: await openApp(stage.proxy, stage.sandbox) }
}

const connected = (proxy: StagedProxy, times: number) =>
  expect
    .poll(() => proxy.log().split('connected to Redis').length - 1, { timeout: 10_000 })
    .toBeGreaterThanOrEqual(times)

const faults = {
  stopped: {
    begin: (redis: RedisServer) => redis.stop(),
    end: (redis: RedisServer) => redis.start(),
  },
  hanging: {
    begin: async (redis: RedisServer) => redis.pause(),
    end: async (redis: RedisServer) => redis.goOn(),
  },
}

/** It is told to come back, and not kept waiting. */
async function expectLater(request: Promise<Answer>) {
  const start = performance.now()
  const answer = await request
  expect(answer).toMatchObject({ status: 503, body: { error: 'temporarily_unavailable' } })
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(performance.now() - start).toBeLessThan(5000)
}

describeWithRedis('while Redis is', () => {
  describe.each(['stopped', 'hanging'] as const)('%s', (name) => {
    const { begin, end } = faults[name]

    test('a renewal is put off before Roambi is asked, and then goes on', async () => {
      const { redis, app, proxy, sandbox } = await startWithRedis({}, { rotation: 'strict' })
      const refreshToken = await app.getRefreshToken()
      const calls = sandbox.tokenRequests.length
      await begin(redis)
      for (let turn = 0; turn < 3; turn++) await expectLater(app.refresh(refreshToken))
      expect(sandbox.tokenRequests).toHaveLength(calls)
      await end(redis)
      await connected(proxy, 2)
      const renewed = await app.refresh(refreshToken)
      expect(renewed).toMatchObject({ status: 200 })
      expect(await app.refresh(refreshTokenOf(renewed))).toMatchObject({ status: 200 })
    })

    test('a renewal without a key is put off too: it may be of a sign-in that is revoked', async () => {
      const { redis, proxy, sandbox } = await startWithRedis(plain)
      const tokens = await proxy.post(codeForm(sandbox.issueCode()))
      const calls = sandbox.tokenRequests.length
      await begin(redis)
      const renew = () => proxy.post(refreshForm(refreshTokenOf(tokens)))
      for (let turn = 0; turn < 2; turn++) await expectLater(renew())
      expect(sandbox.tokenRequests).toHaveLength(calls)
      await end(redis)
      await connected(proxy, 2)
      expect(await renew()).toMatchObject({ status: 200 })
    })

    test('a code is not spent, and then is good for one use', async () => {
      const { redis, app, proxy } = await startWithRedis()
      const { code = '' } = await app.signIn()
      await begin(redis)
      for (let turn = 0; turn < 3; turn++) await expectLater(app.redeem(code))
      await end(redis)
      await connected(proxy, 2)
      expect(await app.redeem(code)).toMatchObject({ status: 200 })
      expect(await app.redeem(code)).toMatchObject({ status: 400 })
    })

    test('a code that is brought without a key is not spent either', async () => {
      const { redis, app, proxy } = await startWithRedis({ refreshTokens: 'bearer' })
      const { code = '' } = await app.signIn({ dpop_jkt: undefined })
      const redeem = () => proxy.post({ ...codeForm(code), code_verifier: codeVerifier })
      await begin(redis)
      for (let turn = 0; turn < 3; turn++) await expectLater(redeem())
      await end(redis)
      await connected(proxy, 2)
      expect(await redeem()).toMatchObject({ status: 200 })
      expect(await redeem()).toMatchObject({ status: 400 })
    })

    test("in mode direct, Roambi's code is not spent either", async () => {
      const { redis, app, proxy, sandbox } = await startWithRedis({ mode: 'direct' })
      const code = sandbox.issueCode()
      await begin(redis)
      for (let turn = 0; turn < 2; turn++) await expectLater(app.post(codeForm(code)))
      expect(sandbox.tokenRequests).toHaveLength(0)
      await end(redis)
      await connected(proxy, 2)
      expect(await app.post(codeForm(code))).toMatchObject({ status: 200 })
    })

    test('a sign-in goes as far as to its code, and is not lost', async () => {
      const { redis, app, proxy, sandbox } = await startWithRedis()
      await begin(redis)
      const { code = '' } = await app.signIn()
      expect(sandbox.tokenRequests).toHaveLength(1)
      await end(redis)
      await connected(proxy, 2)
      expect(await app.redeem(code)).toMatchObject({ status: 200 })
    })

    test('the API is forwarded, and the log tells so once, without a word of the URL', async () => {
      const { redis, app, proxy, sandbox } = await startWithRedis()
      const token = await app.getRefreshToken()
      const renewed = await app.refresh(token)
      await begin(redis)
      await expectLater(app.refresh(token))
      const headers = { authorization: `Bearer ${renewed.body.access_token}` }
      const answer = await fetch(`${proxy.url}/1/user/resources`, { headers })
      expect(answer.status).toBe(200)
      expect((await fetch(`${proxy.url}/1/nothing`, { headers: bearer })).status).not.toBe(503)
      for (let turn = 0; turn < 3; turn++) await app.refresh(token)
      await end(redis)
      await connected(proxy, 2)
      const lines = proxy.log().split('\n')
      expect(lines.filter((line) => line.includes('Redis is gone'))).toHaveLength(1)
      for (const word of [redis.password, redis.url, redis.url.split('@')[1] ?? '']) {
        expect(proxy.log()).not.toContain(word)
      }
      expect(sandbox.tokenRequests.length).toBe(2)
    })
  })
})

describeWithRedis('when Redis goes while Roambi is asked', () => {
  test('in mode direct, the tokens of a code are given, since it is spent', async () => {
    const redis = await startRedis()
    const { apiUrl } = await startUpstream(async (_request, response) => {
      await redis.stop()
      response.end('{"access_token":"a","refresh_token":"r"}')
    })
    const proxy = await startProxy({ mode: 'direct', apiUrl, redisUrl: redis.url })
    await connected(proxy, 1)
    const app = await openApp(proxy, { issueCode: () => 'c' })
    const { status, body } = await app.post(codeForm('c'))
    expect(status).toBe(200)
    expect(body).toMatchObject({ access_token: 'a', refresh_token: expect.any(String) })
  })

  test('a renewal whose answer is lost has it when Redis is there again, with nothing in it', async () => {
    const { redis, app, proxy } = await startWithRedis({}, { rotation: 'strict' })
    const refreshToken = await app.getRefreshToken()
    const lost = await app.refresh(refreshToken)
    expect(lost).toMatchObject({ status: 200 })
    await redis.stop()
    await redis.start()
    await connected(proxy, 2)
    const again = await app.refresh(refreshToken)
    expect(again).toMatchObject({ status: 200 })
    expect(await app.refresh(refreshTokenOf(again))).toMatchObject({ status: 200 })
  })
})

describeWithRedis('a proxy whose Redis is not there', () => {
  test('starts, serves what needs none, and connects when it comes', async () => {
    const redis = await startRedis()
    await redis.stop()
    const { proxy, sandbox } = await startStage({ redisUrl: redis.url })
    const app = await openApp(proxy, sandbox)
    expect(proxy.log()).not.toContain('connected to Redis')
    const { code = '' } = await app.signIn()
    await expectLater(app.redeem(code))
    await redis.start()
    await connected(proxy, 1)
    expect(await app.redeem(code)).toMatchObject({ status: 200 })
  })

  test.each(['stopped', 'hanging'] as const)('closes at once (%s)', async (name) => {
    const { redis, proxy } = await startWithRedis()
    await faults[name].begin(redis)
    await proxy.close()
  })

  test('is told by its log why: a wrong password', async () => {
    const redis = await startRedis()
    const url = redis.url.replace(redis.password, 'a-wrong-password')
    const proxy = await startProxy({ redisUrl: url, redirectUris: [redirectUri] })
    await expect.poll(proxy.log).toContain('"redis":"WRONGPASS"')
    expect(proxy.log()).not.toContain('a-wrong-password')
  })
})
