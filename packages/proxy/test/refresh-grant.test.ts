// The life of a refresh token, and of the answers to it.

import { generateProof } from 'dpop'
import { describe, expect, test } from 'vitest'
import { openApp, startApp, tokenUrl } from './app.ts'
import { stopClock } from './clock.ts'
import {
  type Answer,
  codeForm,
  plain,
  refreshForm,
  sealedRefreshForm,
  startProxy,
  startStage,
  startUpstream,
} from './stage.ts'

const day = 86_400_000

const refreshTokenOf = ({ body }: Answer) => String(body.refresh_token)

function expectDead(answer: Answer) {
  expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
}

describe('a refresh token is worth nothing', () => {
  test("when it is Roambi's own", async () => {
    const { app, proxy, sandbox } = await startApp()
    await app.refresh(await app.getRefreshToken())
    const upstream = String(sandbox.tokenRequests.at(-1)?.parameters.refresh_token)
    expect(upstream).toMatch(/^[0-9a-f]{64}$/)
    expectDead(await app.refresh(upstream))
    expectDead(await proxy.post(refreshForm(upstream)))
    expect(sandbox.tokenRequests).toHaveLength(2)
  })

  test('without its key, with another one, or changed; Roambi is not asked, and it still works', async () => {
    const { app, proxy, sandbox } = await startApp()
    const refreshToken = await app.getRefreshToken()
    const thief = await openApp(proxy, sandbox)
    const calls = sandbox.tokenRequests.length
    expectDead(await proxy.post(refreshForm(refreshToken)))
    expectDead(await thief.refresh(refreshToken))
    expectDead(await app.refresh(refreshToken.slice(0, -8)))
    expect(sandbox.tokenRequests).toHaveLength(calls)
    expect(await app.refresh(refreshToken)).toMatchObject({ status: 200 })
  })

  test('with a proof that was used, though the answer could be had again with a new one', async () => {
    const { app, proxy } = await startApp()
    const form = refreshForm(await app.getRefreshToken())
    const prove = (nonce?: string) => generateProof(app.keys, tokenUrl, 'POST', nonce)
    const asked = await proxy.post(form, { dpop: await prove() })
    const dpop = await prove(asked.headers.get('dpop-nonce') ?? '')
    expect(await proxy.post(form, { dpop })).toMatchObject({ status: 200 })
    expect(await proxy.post(form, { dpop })).toMatchObject({
      status: 400,
      body: { error: 'invalid_dpop_proof' },
    })
    expect(await app.post(form)).toMatchObject({ status: 200 })
  })

  test('for another client, whose proxy has the same keys', async () => {
    const { app, sandbox } = await startApp()
    const refreshToken = await app.getRefreshToken()
    const other = await startProxy({ apiUrl: sandbox.apiUrl, clientId: 'consumer-key-2' })
    const form = { ...refreshForm(refreshToken), client_id: 'consumer-key-2' }
    expectDead(await (await openApp(other, sandbox, app.keys)).post(form))
  })

  test('unbound, where refresh tokens have since been bound to keys', async () => {
    const { proxy: before, sandbox } = await startStage(plain)
    const tokens = await before.post(codeForm(sandbox.issueCode()))
    const after = await startProxy({ apiUrl: sandbox.apiUrl, mode: 'direct' })
    expectDead(await after.post(refreshForm(refreshTokenOf(tokens))))
    expectDead(await (await openApp(after, sandbox)).refresh(refreshTokenOf(tokens)))
  })

  test('when it was not used for a week', async () => {
    const pass = stopClock()
    const { app } = await startApp()
    const refreshToken = await app.getRefreshToken()
    pass(7 * day - 1000)
    const renewed = await app.refresh(refreshToken)
    expect(renewed).toMatchObject({ status: 200 })
    pass(2000)
    expectDead(await app.refresh(refreshToken))
    expect(await app.refresh(refreshTokenOf(renewed))).toMatchObject({ status: 200 })
  })

  test('a month after the sign-in, however often it was renewed', async () => {
    const pass = stopClock()
    const { app } = await startApp()
    let refreshToken = await app.getRefreshToken()
    for (let week = 0; week < 4; week++) {
      pass(7 * day - 1000)
      const renewed = await app.refresh(refreshToken)
      expect(renewed).toMatchObject({ status: 200 })
      refreshToken = refreshTokenOf(renewed)
    }
    pass(2 * day - 1000)
    const last = await app.refresh(refreshToken)
    expect(last).toMatchObject({ status: 200 })
    pass(6000)
    expectDead(await app.refresh(refreshTokenOf(last)))
  })

  test('after the times that are set', async () => {
    const pass = stopClock()
    const { app } = await startApp({ refreshTokenLifetime: 100, refreshTokenIdleLifetime: 60 })
    const first = await app.getRefreshToken()
    pass(59_000)
    const second = refreshTokenOf(await app.refresh(first))
    pass(2000)
    expectDead(await app.refresh(first))
    pass(38_000)
    expect(await app.refresh(second)).toMatchObject({ status: 200 })
    pass(2000)
    expectDead(await app.refresh(second))
  })

  test('when Roambi has ended it', async () => {
    const { app, sandbox } = await startApp()
    const refreshToken = await app.getRefreshToken()
    sandbox.revokeRefreshTokens()
    expectDead(await app.refresh(refreshToken))
  })
})

describe('a renewal', () => {
  test.each(['off', 'lenient', 'strict'] as const)(
    'goes on and on with rotation %s, each with the token of the one before',
    async (rotation) => {
      const { app } = await startApp({}, { rotation })
      let refreshToken = await app.getRefreshToken()
      const accessTokens = new Set<unknown>()
      for (let turn = 0; turn < 5; turn++) {
        const renewed = await app.refresh(refreshToken)
        expect(renewed).toMatchObject({ status: 200, body: { token_type: 'Bearer' } })
        accessTokens.add(renewed.body.access_token)
        refreshToken = refreshTokenOf(renewed)
      }
      expect(accessTokens.size).toBe(5)
    },
  )

  test('leaves the older token alive where Roambi does', async () => {
    const { app } = await startApp({}, { rotation: 'off' })
    const first = await app.getRefreshToken()
    const second = refreshTokenOf(await app.refresh(first))
    const third = refreshTokenOf(await app.refresh(second))
    for (const refreshToken of [first, second, third]) {
      expect(await app.refresh(refreshToken)).toMatchObject({ status: 200 })
    }
  })

  test('keeps the old token where the answer has none', async () => {
    const { app, sandbox } = await startApp()
    const refreshToken = await app.getRefreshToken()
    sandbox.failNext({ status: 200, body: '{"access_token":"a","token_type":"bearer"}' })
    const renewed = await app.refresh(refreshToken)
    expect(renewed.body).toMatchObject({ access_token: 'a', refresh_token: expect.any(String) })
    expect(await app.refresh(refreshTokenOf(renewed))).toMatchObject({ status: 200 })
  })

  test('binds an unbound token to the key that is proved', async () => {
    const { app, proxy, sandbox } = await startApp(plain)
    const tokens = await proxy.post(codeForm(sandbox.issueCode()))
    const bound = refreshTokenOf(await app.refresh(refreshTokenOf(tokens)))
    expectDead(await proxy.post(refreshForm(bound)))
    expect(await app.refresh(bound)).toMatchObject({ status: 200 })
  })

  test('rolls over to a new sealing key without a sign-in', async () => {
    const [older, newer] = ['o'.repeat(43), 'n'.repeat(43)]
    const { proxy, sandbox } = await startStage({ sealingKeys: [older] })
    const app = await openApp(proxy, sandbox)
    const first = await app.getRefreshToken()
    const at = async (...sealingKeys: string[]) => {
      const next = await startProxy({ apiUrl: sandbox.apiUrl, sealingKeys })
      return openApp(next, sandbox, app.keys)
    }
    const renewed = await (await at(newer, older)).refresh(first)
    expect(renewed).toMatchObject({ status: 200 })
    const last = await at(newer)
    expect(await last.refresh(refreshTokenOf(renewed))).toMatchObject({ status: 200 })
    expectDead(await last.refresh(first))
  })
})

describe('an answer that is lost', () => {
  test.each(['off', 'lenient', 'strict'] as const)(
    'can be had again with rotation %s: the same one, and Roambi is asked once',
    async (rotation) => {
      const { app, sandbox } = await startApp({}, { rotation })
      const refreshToken = await app.getRefreshToken()
      const calls = sandbox.tokenRequests.length
      const lost = await app.refresh(refreshToken)
      const again = await app.refresh(refreshToken)
      expect(again.body).toEqual({ ...lost.body, expires_in: expect.any(Number) })
      expect(sandbox.tokenRequests).toHaveLength(calls + 1)
      expect(await app.refresh(refreshTokenOf(again))).toMatchObject({ status: 200 })
    },
  )

  test('is waiting for who hung up before it came', async () => {
    let finish = () => {}
    const upstream = await startUpstream((_request, response) => {
      finish = () => response.end('{"access_token":"a","refresh_token":"rotated"}')
    })
    const proxy = await startProxy({ ...plain, apiUrl: upstream.apiUrl })
    const form = await sealedRefreshForm()
    const hangUp = new AbortController()
    const body = new URLSearchParams(form)
    const lost = fetch(`${proxy.url}/1/token`, { method: 'POST', body, signal: hangUp.signal })
    await expect.poll(upstream.requests).toBe(1)
    hangUp.abort()
    await expect(lost).rejects.toThrow('aborted')

    const again = proxy.post(form)
    finish()
    expect(await again).toMatchObject({ status: 200, body: { access_token: 'a' } })
    expect(upstream.requests()).toBe(1)
  })

  test("is nobody else's: another key gets nothing of it", async () => {
    const { app, proxy, sandbox } = await startApp({}, { rotation: 'strict' })
    const refreshToken = await app.getRefreshToken()
    await app.refresh(refreshToken)
    expectDead(await (await openApp(proxy, sandbox)).refresh(refreshToken))
    expectDead(await proxy.post(refreshForm(refreshToken)))
  })

  test('is gone when its token has been used: the old one asks Roambi again', async () => {
    const { app, sandbox } = await startApp({}, { rotation: 'strict' })
    const first = await app.getRefreshToken()
    const second = refreshTokenOf(await app.refresh(first))
    await app.refresh(second)
    expectDead(await app.refresh(first))
    expect(sandbox.tokenRequests.at(-1)?.status).toBe(400)
  })

  test.each(['html', 'reset', 503] as const)('is no failure: %s is asked again', async (fault) => {
    const { app, sandbox } = await startApp({}, { rotation: 'strict' })
    const refreshToken = await app.getRefreshToken()
    sandbox.failNext(fault)
    expect((await app.refresh(refreshToken)).status).toBeGreaterThanOrEqual(500)
    expect(await app.refresh(refreshToken)).toMatchObject({ status: 200 })
  })

  test('tells how long the access token still lives', async () => {
    const pass = stopClock()
    const { app } = await startApp()
    const refreshToken = await app.getRefreshToken()
    expect((await app.refresh(refreshToken)).body.expires_in).toBe(86_400)
    pass(30_000)
    expect((await app.refresh(refreshToken)).body.expires_in).toBe(86_370)
  })

  test('may hold an access token that is over: the refresh token in it is what counts', async () => {
    const pass = stopClock()
    const { app } = await startApp({}, { tokenLifetime: 5, rotation: 'strict' })
    const refreshToken = await app.getRefreshToken()
    await app.refresh(refreshToken)
    pass(40_000)
    const again = await app.refresh(refreshToken)
    expect(again.body.expires_in).toBe(1)
    expect(await app.refresh(refreshTokenOf(again))).toMatchObject({ status: 200 })
  })
})

test.each(['off', 'strict'] as const)(
  'fifty renewals at once are one (rotation %s)',
  async (rotation) => {
    const { app, sandbox } = await startApp({}, { rotation })
    const refreshToken = await app.getRefreshToken()
    const calls = sandbox.tokenRequests.length
    const answers = await Promise.all(Array.from({ length: 50 }, () => app.refresh(refreshToken)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(answers.map(({ body }) => body.access_token)).size).toBe(1)
    expect(sandbox.tokenRequests).toHaveLength(calls + 1)
  },
)
