// One proxy for two apps, each of which is an API client of its own at Roambi.
import { describe, expect, onTestFinished, test } from 'vitest'
import { InvalidOptions } from '../src/check-options.ts'
import { createServer, type ServerSettings } from '../src/index.ts'
import { type App, errorPageOf, locationOf, openApp } from './app.ts'
import { type Roambi, startRoambi } from './roambi.ts'
import {
  callbackUrl,
  codeForm,
  plain,
  refreshForm,
  type StagedProxy,
  settings,
  startProxy,
} from './stage.ts'

const one = {
  clientId: 'consumer-key-one',
  clientSecret: 'consumer-secret-of-one',
  redirectUris: ['https://one.example/callback.html'],
  allowedOrigins: ['https://one.example'],
}
const two = {
  clientId: 'consumer-key-two',
  clientSecret: 'consumer-secret-of-two',
  redirectUris: ['https://two.example/callback.html'],
  allowedOrigins: ['https://two.example', 'https://www.two.example'],
}

type Registered = typeof one

/** What tells in a request whose it is. */
const formOf = ({ clientId, redirectUris: [redirectUri = ''] }: Registered) => ({
  client_id: clientId,
  redirect_uri: redirectUri,
})

const refreshFormOf = (client: Registered, refreshToken: string) => ({
  ...refreshForm(refreshToken),
  client_id: client.clientId,
})

interface Stage {
  readonly roambi: Roambi
  readonly proxy: StagedProxy
  /** An app that signs in here, by its own sandbox. */
  open(client: Registered, keys?: App['keys']): Promise<App>
}

async function startStageOfTwo(changes: Partial<ServerSettings> = {}): Promise<Stage> {
  const roambi = await startRoambi([one, two], callbackUrl)
  const proxy = await startProxy({ apiUrl: roambi.apiUrl, clients: [one, two], ...changes })
  return {
    roambi,
    proxy,
    open: (client, keys) => openApp(proxy, roambi.sandboxOf(client), keys),
  }
}

async function refreshTokenOf(app: App, client: Registered): Promise<string> {
  const { code = '' } = await app.signIn(formOf(client))
  return String((await app.redeem(code, formOf(client))).body.refresh_token)
}

const invalidGrant = { status: 400, body: { error: 'invalid_grant' } }

test('each signs in, and is asked for with its own secret alone', async () => {
  const { roambi, open } = await startStageOfTwo()
  for (const client of [one, two]) {
    const app = await open(client)
    const refreshToken = await refreshTokenOf(app, client)
    expect(await app.post(refreshFormOf(client, refreshToken))).toMatchObject({ status: 200 })
  }
  const credentials = roambi.requests.map((form) => [
    form.get('grant_type'),
    form.get('client_id'),
    form.get('client_secret'),
  ])
  expect(credentials).toEqual(
    [one, two].flatMap(({ clientId, clientSecret }) => [
      ['authorization_code', clientId, clientSecret],
      ['refresh_token', clientId, clientSecret],
    ]),
  )
  for (const form of roambi.requests) {
    const other = form.get('client_id') === one.clientId ? two : one
    expect(form.toString()).not.toContain(other.clientSecret)
  }
})

describe('what one of them has been given is worth nothing to the other', () => {
  test('a code: Roambi is not asked, and it can still be redeemed', async () => {
    const { roambi, open } = await startStageOfTwo()
    const app = await open(one)
    const { code = '' } = await app.signIn(formOf(one))
    expect(await app.redeem(code, formOf(two))).toMatchObject(invalidGrant)
    const foreignUri = { ...formOf(one), client_id: two.clientId }
    expect(await app.redeem(code, foreignUri)).toMatchObject({ status: 400 })
    expect(roambi.requests).toHaveLength(1)
    expect(await app.redeem(code, formOf(one))).toMatchObject({ status: 200 })
  })

  test('a refresh token, even with its key: Roambi is not asked, and it still works', async () => {
    const { roambi, open } = await startStageOfTwo()
    const app = await open(one)
    const refreshToken = await refreshTokenOf(app, one)
    const asked = roambi.requests.length
    expect(await app.post(refreshFormOf(two, refreshToken))).toMatchObject(invalidGrant)
    expect(roambi.requests).toHaveLength(asked)
    expect(await app.post(refreshFormOf(one, refreshToken))).toMatchObject({ status: 200 })
  })

  test('an answer that is still waiting', async () => {
    const { open } = await startStageOfTwo()
    const app = await open(one)
    const refreshToken = await refreshTokenOf(app, one)
    await app.post(refreshFormOf(one, refreshToken))
    expect(await app.post(refreshFormOf(two, refreshToken))).toMatchObject(invalidGrant)
  })

  test('a refresh token that is bound to no key', async () => {
    const roambi = await startRoambi([one, two], one.redirectUris[0] ?? '')
    const proxy = await startProxy({ apiUrl: roambi.apiUrl, clients: [one, two], ...plain })
    const form = { ...codeForm(roambi.sandboxOf(one).issueCode()), ...formOf(one) }
    const { body } = await proxy.post(form, {})
    const refreshToken = String(body.refresh_token)
    expect(await proxy.post(refreshFormOf(two, refreshToken), {})).toMatchObject(invalidGrant)
    expect(roambi.requests).toHaveLength(1)
    expect(await proxy.post(refreshFormOf(one, refreshToken), {})).toMatchObject({ status: 200 })
  })

  test('a redirect URI: a page, and nobody is redirected', async () => {
    const { open } = await startStageOfTwo()
    const app = await open(one)
    const mixed = { client_id: one.clientId, redirect_uri: two.redirectUris[0] }
    await errorPageOf(await app.authorize(mixed))
  })

  test('an origin: 403, before anything is asked or spent', async () => {
    const { roambi, proxy, open } = await startStageOfTwo()
    const app = await open(one)
    const refreshToken = await refreshTokenOf(app, one)
    const asked = roambi.requests.length
    const form = refreshFormOf(one, refreshToken)
    for (const origin of two.allowedOrigins) {
      expect(await proxy.post(form, { origin })).toMatchObject({
        status: 403,
        body: { error: 'invalid_request' },
      })
    }
    // It gets as far as the proof that this request lacks.
    const [origin = ''] = one.allowedOrigins
    expect(await proxy.post(form, { origin })).toMatchObject(invalidGrant)
    expect(roambi.requests).toHaveLength(asked)
  })
})

test.each(['/1/token', '/1/user'])('a preflight allows the origins of both: %s', async (path) => {
  const { proxy } = await startStageOfTwo()
  const allowed = async (origin: string) => {
    const headers = { origin, 'access-control-request-method': 'POST' }
    const response = await fetch(proxy.url + path, { method: 'OPTIONS', headers })
    return response.headers.get('access-control-allow-origin')
  }
  for (const origin of [...one.allowedOrigins, ...two.allowedOrigins]) {
    expect(await allowed(origin)).toBe(origin)
  }
  expect(await allowed('https://three.example')).toBeNull()
})

test('who is taken off the list gets a page, also when a sign-in is under way', async () => {
  const { roambi, open } = await startStageOfTwo()
  const before = await open(two)
  const refreshToken = await refreshTokenOf(before, two)
  const callback = await before.comeBack(formOf(two))

  const proxy = await startProxy({ apiUrl: roambi.apiUrl, clients: [one] })
  const after = await openApp(proxy, roambi.sandboxOf(two), before.keys)
  for (const [name, cookie] of before.cookies) after.cookies.set(name, cookie)
  const asked = roambi.requests.length
  await errorPageOf(await after.authorize(formOf(two)))
  await errorPageOf(await after.visit(callback))
  expect(await after.post(refreshFormOf(two, refreshToken))).toMatchObject({
    status: 400,
    body: { error: 'invalid_client' },
  })
  expect(roambi.requests).toHaveLength(asked)
})

test('Roambi learns at its dialog which of them asks', async () => {
  const { open } = await startStageOfTwo()
  for (const client of [one, two]) {
    const { searchParams } = locationOf(await (await open(client)).authorize(formOf(client)))
    expect(Object.fromEntries(searchParams)).toMatchObject({
      client_id: client.clientId,
      redirect_uri: callbackUrl,
    })
  }
})

describe('registration fails', () => {
  test.each<[object, string]>([
    [
      { ...settings, clients: [two] },
      'clients stands in place of clientId, clientSecret, redirectUris, allowedOrigins',
    ],
    [{ clients: [one, two], clientId: one.clientId }, 'clients stands in place of clientId'],
    [
      { clients: [one, { ...two, clientId: one.clientId }] },
      'clients must not list a clientId twice',
    ],
    [{ clients: [] }, 'clients must list at least one client'],
    [{ clients: [one, { ...two, clientSecret: [] }] }, 'clients[1].clientSecret must be'],
    [{ clients: [{ ...one, redirectUris: [] }, two] }, 'clients[0].redirectUris must list'],
  ])('%j', async (options, message) => {
    const app = createServer({ publicUrl: settings.publicUrl, ...options } as ServerSettings, {
      write: () => {},
    })
    onTestFinished(() => app.close())
    const failure = expect(app.ready()).rejects
    await failure.toThrow(InvalidOptions)
    await failure.toThrow(message)
  })
})
