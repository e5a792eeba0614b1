import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { roambiProxy } from '../src/index.ts'
import { rawRequest } from './raw-request.ts'
import { appOrigin, settings, startProxy } from './stage.ts'

const ask = (url: string, id: string, path = '/1/token', localAddress = '127.0.0.1') =>
  rawRequest(url, { path, headers: { 'x-request-id': id, origin: appOrigin }, localAddress })

test('the id of a trusted proxy is taken over, into the log and the answer', async () => {
  const proxy = await startProxy({ trustedProxies: ['127.0.0.1'] })
  const { headers } = await ask(proxy.url, 'edge-1.2_3')
  expect(headers['x-request-id']).toBe('edge-1.2_3')
  const lines = proxy.log().split('\n')
  const ofRequest = lines.filter((line) => line.includes('"reqId":"edge-1.2_3"'))
  expect(ofRequest.length).toBeGreaterThan(1)
  expect(ofRequest.join('')).toContain('Only POST is allowed here.')
})

test.each(['/1/token', '/1/authorize', '/1/%zz', '/elsewhere', '/healthz'])(
  'without one, the answer has a random one: %s',
  async (path) => {
    const proxy = await startProxy({})
    const url = proxy.url
    const ids = await Promise.all([rawRequest(url, { path, headers: {} }), ask(url, 'x', path)])
    const [one, other] = ids.map(({ headers }) => headers['x-request-id'])
    expect(one).toMatch(/^[\w-]{16}$/)
    expect(other).toMatch(/^[\w-]{16}$/)
    expect(one).not.toBe(other)
  },
)

test.each([
  ['of another peer', 'an-id-or-a-token', '127.0.0.2'],
  ['that is too long', 'x'.repeat(65), '127.0.0.1'],
  ['that is empty', '', '127.0.0.1'],
  ['that is no word', 'a b', '127.0.0.1'],
  ['that is JSON', '","level":60,"', '127.0.0.1'],
])('an id %s is not taken over', async (_what, id, peer) => {
  const proxy = await startProxy({ trustedProxies: ['127.0.0.1'] })
  const { headers } = await ask(proxy.url, id, '/1/token', peer)
  expect(headers['x-request-id']).toMatch(/^[\w-]{16}$/)
  if (id) expect(proxy.log()).not.toContain(id)
})

test("the app's page may read it", async () => {
  const proxy = await startProxy({})
  const { headers } = await ask(proxy.url, 'x')
  expect(headers['access-control-expose-headers']).toContain('x-request-id')
})

test('in another server, ids are its own business', async () => {
  const app = Fastify({ genReqId: () => 'id-of-the-host' })
  onTestFinished(() => app.close())
  app.register(roambiProxy, settings)
  const { headers } = await app.inject('/1/token')
  expect(headers).not.toHaveProperty('x-request-id')
})
