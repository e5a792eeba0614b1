// What a code of the proxy's own is bound to, over the whole way: proxy, sandbox, real sockets.
import { generateKeyPair, generateProof } from 'dpop'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type App, codeVerifier, openApp, startApp, tokenUrl } from './app.ts'
import {
  type Answer,
  codeForm,
  plain,
  redirectUri,
  refreshForm,
  type StagedProxy,
  startProxy,
} from './stage.ts'

const otherUri = 'https://app.example.com/other.html'

function expectRefused(answer: Answer, error = 'invalid_grant', status = 400) {
  expect(answer).toMatchObject({ status, body: { error } })
  expect(answer.headers.get('cache-control')).toBe('no-store')
}

/** Posts without a proof. */
const redeemPlainly = (proxy: StagedProxy, code: string) =>
  proxy.post({ ...codeForm(code), code_verifier: codeVerifier })

describe('a code is worth nothing', () => {
  test('with a wrong verifier, costs Roambi no call, and is still good with the right one', async () => {
    const { app, sandbox } = await startApp()
    const { code = '' } = await app.signIn()
    const calls = sandbox.tokenRequests.length
    expectRefused(await app.redeem(code, { code_verifier: 'w'.repeat(43) }))
    expectRefused(await app.redeem(code, { code_verifier: 'short' }), 'invalid_request')
    expectRefused(await app.redeem(code, { code_verifier: '' }), 'invalid_request')
    expect(await app.redeem(code)).toMatchObject({ status: 200 })
    expect(sandbox.tokenRequests).toHaveLength(calls)
  })

  test('a second time, nor to one of two at once', async () => {
    const { app } = await startApp()
    const { code = '' } = await app.signIn()
    const answers = await Promise.all([app.redeem(code), app.redeem(code)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400])
    expectRefused(await app.redeem(code))
  })

  test('a second time, up to the end of its life', async () => {
    const { app } = await startApp()
    const { code = '' } = await app.signIn()
    expect(await app.redeem(code)).toMatchObject({ status: 200 })
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 55_000 })
    onTestFinished(() => void vi.useRealTimers())
    expectRefused(await app.redeem(code))
  })

  test('after a minute', async () => {
    const { app } = await startApp()
    const { code = '' } = await app.signIn()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 })
    onTestFinished(() => void vi.useRealTimers())
    expectRefused(await app.redeem(code))
  })

  test('with another redirect URI, though that one is listed', async () => {
    const { app } = await startApp({ redirectUris: [redirectUri, otherUri] })
    const { code = '' } = await app.signIn()
    expectRefused(await app.redeem(code, { redirect_uri: otherUri }))
    expect(await app.redeem(code)).toMatchObject({ status: 200 })
  })

  test('for another client, whose proxy has the same keys', async () => {
    const { app, sandbox } = await startApp()
    const clientId = 'consumer-key-2'
    const other = await startProxy({ apiUrl: sandbox.apiUrl, clientId })
    const { code = '' } = await app.signIn()
    expectRefused(await app.redeem(code, { client_id: clientId }), 'invalid_client')
    const atOther = await openApp(other, sandbox)
    expectRefused(await atOther.redeem(code, { client_id: clientId }))
    expect(await app.redeem(code)).toMatchObject({ status: 200 })
  })

  test('with another key than that of the authorization request, or with none', async () => {
    const { app, proxy, sandbox } = await startApp()
    const { code = '' } = await app.signIn()
    const thief = await openApp(proxy, sandbox)
    expectRefused(await thief.redeem(code))
    expectRefused(await redeemPlainly(proxy, code))
    expect(await app.redeem(code)).toMatchObject({ status: 200 })
  })

  test('when it is a refresh token, nor a refresh token when it is a code', async () => {
    const { app, sandbox } = await startApp()
    const { code = '' } = await app.signIn()
    const { body } = await app.redeem(code)
    const calls = sandbox.tokenRequests.length
    expectRefused(await app.redeem(String(body.refresh_token)))
    const { code: unused = '' } = await app.signIn()
    expectRefused(await app.refresh(unused))
    expect(sandbox.tokenRequests).toHaveLength(calls + 1)
  })

  test('when it is the cookie of a sign-in, which holds the same challenge and key', async () => {
    const { app } = await startApp()
    await app.authorize()
    for (const cookie of app.cookies.values()) expectRefused(await app.redeem(cookie))
    expect(app.cookies.size).toBe(1)
  })

  test("when it is Roambi's own, which is still good for Roambi", async () => {
    const { app, sandbox } = await startApp()
    const code = sandbox.issueCode()
    expectRefused(await app.redeem(code))
    expect(sandbox.tokenRequests).toEqual([])
  })

  test('when it is changed, cut off, or longer than any of ours', async () => {
    const { app } = await startApp()
    const { code = '' } = await app.signIn()
    const [head, , iv, body, tag] = code.split('.')
    expectRefused(await app.redeem(`${head}..${iv}.${body}A.${tag}`))
    expectRefused(await app.redeem(code.slice(0, -8)))
    expectRefused(await app.redeem(code.padEnd(8193, 'A')), 'invalid_request')
    expect(await app.redeem(code)).toMatchObject({ status: 200 })
  })

  test('with a proof that lacks the nonce, is wrong, or was used, and is not spent by it', async () => {
    const { app, proxy } = await startApp()
    const { code = '' } = await app.signIn()
    const form = { ...codeForm(code), code_verifier: codeVerifier }
    const asked = await proxy.post(form, { dpop: await generateProof(app.keys, tokenUrl, 'POST') })
    expectRefused(asked, 'use_dpop_nonce')
    const nonce = asked.headers.get('dpop-nonce') ?? ''
    const prove = (url = tokenUrl) => generateProof(app.keys, url, 'POST', nonce)

    expectRefused(
      await proxy.post(form, { dpop: await prove(`${tokenUrl}/x`) }),
      'invalid_dpop_proof',
    )
    const two = `${await prove()}, ${await prove()}`
    expectRefused(await proxy.post(form, { dpop: two }), 'invalid_dpop_proof')

    const dpop = await prove()
    expect(await proxy.post(form, { dpop })).toMatchObject({ status: 200 })
    expectRefused(await proxy.post(form, { dpop }), 'invalid_dpop_proof')
    const { code: next = '' } = await app.signIn()
    const again = { ...codeForm(next), code_verifier: codeVerifier }
    expectRefused(await proxy.post(again, { dpop }), 'invalid_dpop_proof')
    expect(await app.redeem(next)).toMatchObject({ status: 200 })
  })
})

describe('the nonce', () => {
  test('comes with tokens and with the refusal for lack of it, and with nothing else', async () => {
    const { app, proxy } = await startApp()
    const { code = '' } = await app.signIn()
    const answers = [
      await app.redeem(code, { code_verifier: 'w'.repeat(43) }),
      await app.redeem(code, { redirect_uri: otherUri }),
      await proxy.post(codeForm(code), { dpop: 'x' }),
      await redeemPlainly(proxy, code),
    ]
    for (const { status, headers } of answers) {
      expect(status).toBe(400)
      expect(headers.has('dpop-nonce')).toBe(false)
    }
    expect((await app.redeem(code)).headers.get('dpop-nonce')).toMatch(/^[\w-]{22}$/)
  })
})

describe('a refresh token', () => {
  const withoutKey = { dpop_jkt: undefined }

  test('is given to nobody who has not proved a key', async () => {
    const { app, proxy } = await startApp()
    const { code = '' } = await app.signIn(withoutKey)
    const { status, body, headers } = await redeemPlainly(proxy, code)
    expect(status).toBe(200)
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 86400,
    })
    expect(headers.has('dpop-nonce')).toBe(false)
  })

  test('is given to anybody where the proxy is told so, and bound where a key is proved', async () => {
    const { app, proxy, sandbox } = await startApp({ refreshTokens: 'bearer' })
    const { code = '' } = await app.signIn(withoutKey)
    const { body } = await redeemPlainly(proxy, code)
    expect(await proxy.post(refreshForm(String(body.refresh_token)))).toMatchObject({ status: 200 })

    const bound = await app.getRefreshToken()
    expectRefused(await proxy.post(refreshForm(bound)))
    expectRefused(await (await openApp(proxy, sandbox)).refresh(bound))
    expect(await app.refresh(bound)).toMatchObject({ status: 200 })
  })

  test('is bound to the key that is proved, also where none was announced', async () => {
    const { app, proxy, sandbox } = await startApp()
    const { code = '' } = await app.signIn(withoutKey)
    const { body } = await app.redeem(code)
    expectRefused(await (await openApp(proxy, sandbox)).refresh(String(body.refresh_token)))
    expect(await app.refresh(String(body.refresh_token))).toMatchObject({ status: 200 })
  })
})

describe('the answer', () => {
  test.each([
    ['portals', 'portals'],
    ['portals users', 'portals users'],
    // There are no ID tokens.
    ['openid portals', 'portals'],
    ['openid', 'api'],
    [undefined, undefined],
  ])('to who asks for the scope %j says %j, now and on each renewal', async (asked, granted) => {
    const { app } = await startApp()
    const { code = '' } = await app.signIn({ scope: asked })
    const { body } = await app.redeem(code)
    expect(body.scope).toBe(granted)
    expect((await app.refresh(String(body.refresh_token))).body.scope).toBe(granted)
  })

  test('takes off the lifetime what the code has waited', async () => {
    const { app } = await startApp()
    const { code = '' } = await app.signIn()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 30_000 })
    onTestFinished(() => void vi.useRealTimers())
    const { body } = await app.redeem(code)
    expect(body.expires_in).toBeLessThanOrEqual(86_370)
    expect(body.expires_in).toBeGreaterThan(86_360)
  })
})

describe('in mode direct', () => {
  const direct = { mode: 'direct' } as const
  const redeemWith = (app: App, code: string) => app.post(codeForm(code))

  test("a code of Roambi's passes, and its refresh token is sealed and bound all the same", async () => {
    const { app, proxy, sandbox } = await startApp(direct)
    const { status, body } = await redeemWith(app, sandbox.issueCode())
    expect(status).toBe(200)
    const refreshToken = String(body.refresh_token)
    expectRefused(await proxy.post(refreshForm(refreshToken)))
    expectRefused(await (await openApp(proxy, sandbox)).refresh(refreshToken))
    expect(await app.refresh(refreshToken)).toMatchObject({ status: 200 })
    expect(sandbox.tokenRequests.at(-1)?.parameters).toMatchObject({ redirect_uri: redirectUri })

    const unbound = await proxy.post(codeForm(sandbox.issueCode()))
    expect(unbound).toMatchObject({ status: 200 })
    expect(unbound.body).not.toHaveProperty('refresh_token')
  })

  test('a sealed code or refresh token is no code, and Roambi sees none of it', async () => {
    const { app: other } = await startApp()
    const { code = '' } = await other.signIn()
    const { app, sandbox } = await startApp(direct)
    const { body } = await redeemWith(app, sandbox.issueCode())
    expectRefused(await redeemWith(app, code))
    expectRefused(await redeemWith(app, String(body.refresh_token)))
    expect(sandbox.tokenRequests).toHaveLength(1)
  })

  test('a proof without nonce does not reach Roambi, and one that was used gets no tokens', async () => {
    const { proxy, sandbox } = await startApp({ ...direct, ...plain })
    const keys = await generateKeyPair('ES256')
    const form = codeForm(sandbox.issueCode())
    const asked = await proxy.post(form, { dpop: await generateProof(keys, tokenUrl, 'POST') })
    expectRefused(asked, 'use_dpop_nonce')
    expect(sandbox.tokenRequests).toEqual([])
    const nonce = asked.headers.get('dpop-nonce') ?? ''
    const dpop = await generateProof(keys, tokenUrl, 'POST', nonce)
    expect(await proxy.post(form, { dpop })).toMatchObject({ status: 200 })
    const next = codeForm(sandbox.issueCode())
    expectRefused(await proxy.post(next, { dpop }), 'invalid_dpop_proof')
  })

  test('a proof is not remembered for a code that is none, which costs nothing to send', async () => {
    const { proxy } = await startApp({ ...direct, ...plain })
    const keys = await generateKeyPair('ES256')
    const form = codeForm('no-such-code')
    const asked = await proxy.post(form, { dpop: await generateProof(keys, tokenUrl, 'POST') })
    const nonce = asked.headers.get('dpop-nonce') ?? ''
    const dpop = await generateProof(keys, tokenUrl, 'POST', nonce)
    expectRefused(await proxy.post(form, { dpop }))
    expectRefused(await proxy.post(form, { dpop }))
  })
})
