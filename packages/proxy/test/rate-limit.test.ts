import { describe, expect, onTestFinished, test } from 'vitest'
import { createServer } from '../src/index.ts'
import { rawRequest } from './raw-request.ts'
import { describeWithRedis, startRedis } from './redis-server.ts'
import {
  appOrigin,
  client,
  codeForm,
  freePort,
  plain,
  publicUrl,
  redirectUri,
  sealingKeys,
  startPlainStage,
  startProxy,
} from './stage.ts'

const lists = { redirectUris: [redirectUri], allowedOrigins: [appOrigin] }
const other = { clientId: 'consumer-key-2', clientSecret: 'consumer-secret-2' }

async function startWithTwoClients(): Promise<string> {
  const app = createServer({
    ...plain,
    publicUrl,
    sealingKeys,
    clients: [client, other].map((each) => ({ ...each, ...lists })),
    rateLimit: 1,
    apiUrl: `http://127.0.0.1:${await freePort()}/1`,
    logLevel: 'silent',
    retryPause: 1,
  })
  onTestFinished(() => app.close())
  return app.listen({ port: 0, host: '127.0.0.1' })
}

/** What as many requests are answered with. */
async function repeat(times: number, ask: () => Promise<{ status?: number | undefined }>) {
  const statuses = []
  for (let time = 0; time < times; time += 1) statuses.push((await ask()).status)
  return statuses
}

describe('with a rate limit', () => {
  test('a token request too many is told when to come back, and nothing is spent', async () => {
    const { proxy, sandbox } = await startPlainStage({ rateLimit: 2 })
    const code = sandbox.issueCode()
    expect(await repeat(2, () => proxy.post(codeForm('not-a-code')))).toEqual([400, 400])

    const { status, headers, body } = await proxy.post(codeForm(code))
    expect(status).toBe(429)
    expect(body).toEqual({
      error: 'temporarily_unavailable',
      error_description: 'No more requests are allowed for now.',
    })
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60)
    expect(headers.get('access-control-allow-origin')).toBe(appOrigin)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(sandbox.tokenRequests).toHaveLength(2)
  })

  test('the window in a browser gets a page', async () => {
    const proxy = await startProxy({ rateLimit: 1 })
    for (const path of ['/1/authorize', '/1/callback']) {
      expect((await fetch(proxy.url + path)).status).toBe(400)
      const page = await fetch(proxy.url + path)
      expect(page.status).toBe(429)
      expect(page.headers.get('content-type')).toMatch(/^text\/html/)
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(page.headers.has('retry-after')).toBe(true)
    }
  })

  test('each endpoint counts for itself, and the API not at all', async () => {
    const { proxy } = await startPlainStage({ rateLimit: 1 })
    await proxy.post(codeForm('c'))
    expect(await proxy.post(codeForm('c'))).toMatchObject({ status: 429 })
    expect((await fetch(`${proxy.url}/1/user`)).status).toBe(401)
    expect((await fetch(`${proxy.url}/1/user`)).status).toBe(401)
    const preflight = { origin: appOrigin, 'access-control-request-method': 'POST' }
    const send = () => fetch(`${proxy.url}/1/token`, { method: 'OPTIONS', headers: preflight })
    expect(await repeat(3, send)).toEqual([204, 204, 204])
    expect((await fetch(`${proxy.url}/healthz`)).status).toBe(200)
  })

  test('each client counts for itself, at each address; made-up ones are one', async () => {
    const url = await startWithTwoClients()
    const post = (client_id: string, localAddress: string) =>
      rawRequest(
        `${url}/1/token`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          localAddress,
        },
        new URLSearchParams({ ...codeForm('c'), client_id }).toString(),
      )
    const limited: [string, string][] = []
    for (const peer of ['127.0.0.1', '127.0.0.2']) {
      for (const id of [client.clientId, other.clientId, 'made-up-1', 'made-up-2']) {
        if ((await post(id, peer)).status === 429) limited.push([peer, id])
      }
    }
    expect(limited).toEqual([
      ['127.0.0.1', 'made-up-2'],
      ['127.0.0.2', 'made-up-2'],
    ])
    expect((await post(other.clientId, '127.0.0.1')).status).toBe(429)
  })

  test('a network of IPv6 counts as one address', async () => {
    const proxy = await startProxy({ ...plain, rateLimit: 1, trustedProxies: ['127.0.0.1'] })
    const post = (address: string) =>
      rawRequest(
        `${proxy.url}/1/token`,
        {
          method: 'POST',
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            'x-forwarded-for': address,
          },
        },
        'client_id=x',
      )
    expect((await post('2001:db8:1:2::1')).status).toBe(400)
    expect((await post('2001:db8:1:2:ffff::9')).status).toBe(429)
    expect((await post('2001:db8:1:3::1')).status).toBe(400)
    expect((await post('198.51.100.7')).status).toBe(400)
    expect((await post('::ffff:198.51.100.7')).status).toBe(429)
  })
})

test('without one, any number is served', async () => {
  const proxy = await startProxy({ ...plain })
  const statuses = await repeat(50, () => proxy.post('client_id=x'))
  expect(new Set(statuses)).toEqual(new Set([400]))
})

describeWithRedis('with Redis', () => {
  async function startTwo() {
    const redis = await startRedis()
    const settings = { ...plain, redisUrl: redis.url, rateLimit: 4, metricsPort: 0 }
    const proxies = await Promise.all([startProxy(settings), startProxy(settings)])
    const connected = () => proxies.every((proxy) => proxy.log().includes('connected to Redis'))
    await expect.poll(connected).toBe(true)
    const [one, other] = proxies.map((proxy) => () => proxy.post('client_id=made-up'))
    if (!one || !other) throw new Error('there are two')
    return { redis, one, other, log: () => proxies.map((proxy) => proxy.log()).join('') }
  }

  test('all instances count together', async () => {
    const { redis, one, other } = await startTwo()
    expect(await repeat(3, one)).toEqual([400, 400, 400])
    expect(await repeat(2, other)).toEqual([400, 429])
    expect(await repeat(1, one)).toEqual([429])
    const { headers } = await other()
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await redis.everything()).not.toMatch(/127\.0\.0\.1|made-up/)
  })

  test('when it is gone, each for itself, and again together when it is back', {
    timeout: 30_000,
  }, async () => {
    const { redis, one, other, log } = await startTwo()
    expect(await repeat(2, one)).toEqual([400, 400])
    await redis.stop()
    expect(await repeat(3, one)).toEqual([400, 400, 429])
    expect(await repeat(5, other)).toEqual([400, 400, 400, 400, 429])
    const [, port] = /"port":(\d+),"msg":"metrics are served"/.exec(log()) ?? []
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    expect(metrics).toMatch(/redis_failures_total\{use="rate limit"\} \d/)

    await redis.start()
    await expect.poll(async () => (await one()).status, { timeout: 10_000 }).toBe(400)
    await expect.poll(async () => (await other()).status, { timeout: 10_000 }).toBe(400)
    await repeat(3, one)
    expect(await repeat(1, other)).toEqual([429])
  })
})
