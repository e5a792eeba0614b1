import Fastify from 'fastify'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createReadiness, createServer, roambiProxy } from '../src/index.ts'
import { stopClock } from './clock.ts'
import { describeWithRedis, startRedis } from './redis-server.ts'
import {
  appOrigin,
  client,
  codeForm,
  freePort,
  plain,
  publicUrl,
  redirectUri,
  type StagedProxy,
  sealingKeys,
  settings,
  startProxy,
  startUpstream,
} from './stage.ts'

async function readinessOf({ url }: { readonly url: string }) {
  const answer = await fetch(`${url}/readyz`)
  return { status: answer.status, body: await answer.json() }
}

const ready = { status: 200, body: { status: 'ready' } }
const refused = (status: 200 | 503) => ({
  status,
  body: { status: 'degraded', reasons: ['credentials_refused'] },
})

/** Roambi's token endpoint, as far as it looks at secrets: those that are listed are good. */
async function startRoambi(goodSecrets: string[]) {
  const good = new Set(goodSecrets)
  const asked: URLSearchParams[] = []
  const { apiUrl } = await startUpstream(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const form = new URLSearchParams(body)
    asked.push(form)
    const isGood = good.has(String(form.get('client_secret')))
    response.end(JSON.stringify({ error: isGood ? 'invalid_grant' : 'invalid_client' }))
  })
  return { apiUrl, good, asked }
}

const signIn = (proxy: StagedProxy) => proxy.post(codeForm('c'))

describe('an instance whose credentials Roambi refuses', () => {
  test('is not ready, and hears by itself that it is well again', async () => {
    const move = stopClock()
    const roambi = await startRoambi([])
    const proxy = await startProxy({ ...plain, apiUrl: roambi.apiUrl })
    expect(await signIn(proxy)).toMatchObject({ status: 502 })
    expect(await readinessOf(proxy)).toEqual(refused(503))
    expect((await fetch(`${proxy.url}/healthz`)).status).toBe(200)

    // The first look has asked too, and not each one asks.
    await expect.poll(() => roambi.asked.length).toBe(2)
    for (let look = 0; look < 5; look += 1) expect(await readinessOf(proxy)).toEqual(refused(503))
    expect(roambi.asked.length).toBe(2)

    roambi.good.add(client.clientSecret)
    move(15_000)
    await expect.poll(() => readinessOf(proxy)).toEqual(ready)
    expect(roambi.asked.length).toBe(3)
    move(60_000)
    await readinessOf(proxy)
    expect(roambi.asked.length).toBe(3)
    expect(proxy.log()).toContain('Roambi accepts the credentials again')
  })

  test('is ready when a request of an app shows that it is well', async () => {
    stopClock()
    const roambi = await startRoambi([])
    const proxy = await startProxy({ ...plain, apiUrl: roambi.apiUrl })
    await signIn(proxy)
    expect(await readinessOf(proxy)).toEqual(refused(503))
    await expect.poll(() => roambi.asked.length).toBe(2)
    roambi.good.add(client.clientSecret)
    expect(await signIn(proxy)).toMatchObject({ status: 400 })
    expect(await readinessOf(proxy)).toEqual(ready)
  })

  test('finds out before an app has asked anything', async () => {
    const roambi = await startRoambi([])
    const proxy = await startProxy({ ...plain, apiUrl: roambi.apiUrl })
    await expect.poll(() => readinessOf(proxy)).toEqual(refused(503))
    expect(roambi.asked).toHaveLength(1)
  })

  test('is ready with one good secret of two', async () => {
    const roambi = await startRoambi(['new'])
    const proxy = await startProxy({
      ...plain,
      apiUrl: roambi.apiUrl,
      clientSecret: ['old', 'new'],
    })
    await readinessOf(proxy)
    await expect.poll(() => roambi.asked.length).toBe(2)
    expect(await readinessOf(proxy)).toEqual(ready)
    expect(await signIn(proxy)).toMatchObject({ status: 400 })
    expect(await readinessOf(proxy)).toEqual(ready)
  })

  test('stays in while it serves another client', async () => {
    const roambi = await startRoambi(['good'])
    const lists = { redirectUris: [redirectUri], allowedOrigins: [appOrigin] }
    const app = createServer({
      publicUrl,
      sealingKeys,
      apiUrl: roambi.apiUrl,
      clients: [
        { ...lists, clientId: 'one', clientSecret: 'good' },
        { ...lists, clientId: 'two', clientSecret: 'bad' },
      ],
      logLevel: 'silent',
    })
    onTestFinished(() => app.close())
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    await expect.poll(() => readinessOf({ url })).toEqual(refused(200))
  })
})

test('an upstream that is gone leaves it ready: no other instance has a better one', async () => {
  const proxy = await startProxy({ ...plain, apiUrl: `http://127.0.0.1:${await freePort()}/1` })
  expect(await signIn(proxy)).toMatchObject({ status: 503 })
  expect(await readinessOf(proxy)).toEqual(ready)
  await expect.poll(() => readinessOf(proxy)).toEqual(ready)
})

test('it is told at once, however slow Roambi is', async () => {
  const upstream = await startUpstream(() => {})
  const proxy = await startProxy({ ...plain, apiUrl: upstream.apiUrl })
  expect(await readinessOf(proxy)).toEqual(ready)
  await expect.poll(upstream.requests).toBe(1)
  expect(await readinessOf(proxy)).toEqual(ready)
})

test('neither health nor readiness is logged, nor do they tell a secret', async () => {
  const roambi = await startRoambi([])
  const proxy = await startProxy({ ...plain, apiUrl: roambi.apiUrl })
  await expect.poll(() => readinessOf(proxy)).toEqual(refused(503))
  expect(proxy.log()).not.toMatch(/readyz|healthz/)
  expect(proxy.log()).not.toContain(client.clientSecret)
  expect(proxy.log()).toContain('Roambi refuses the credentials')
})

test('another server with the plugin can serve it too, draining included', async () => {
  const roambi = await startRoambi([])
  const readiness = createReadiness()
  const app = Fastify()
  onTestFinished(() => app.close())
  app.register(roambiProxy, { ...settings, apiUrl: roambi.apiUrl, readiness })
  app.get('/readyz', (_request, reply) => {
    const { statusCode, ...report } = readiness.check()
    return reply.code(statusCode).send(report)
  })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  await expect.poll(() => readinessOf({ url })).toEqual(refused(503))
  readiness.drain()
  expect(await readinessOf({ url })).toEqual({
    status: 503,
    body: { status: 'degraded', reasons: ['draining'] },
  })
})

describeWithRedis('without its Redis', () => {
  test('an instance stays in, and says that it does not do all: the others miss it too', async () => {
    const redis = await startRedis()
    const roambi = await startRoambi([client.clientSecret])
    const proxy = await startProxy({ apiUrl: roambi.apiUrl, redisUrl: redis.url })
    await expect.poll(() => readinessOf(proxy)).toEqual(ready)
    await redis.stop()
    await expect
      .poll(() => readinessOf(proxy))
      .toEqual({ status: 200, body: { status: 'degraded', reasons: ['redis_gone'] } })
    await redis.start()
    await expect.poll(() => readinessOf(proxy), { timeout: 10_000 }).toEqual(ready)
  })
})
