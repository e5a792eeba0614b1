import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createServer } from '../src/index.ts'
import { rawRequest, sendBytes } from './raw-request.ts'
import { appOrigin, bearer, callbackUrl, settings, startProxy, startUpstream } from './stage.ts'

describe('a request that reaches no route', () => {
  test.each(['/1/%zz', '/1/token%'])('is answered for the app to read: %s', async (path) => {
    const proxy = await startProxy({})
    const answer = await rawRequest(proxy.url, { path, headers: { origin: appOrigin } })
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.text)).toMatchObject({ error: 'invalid_request' })
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': appOrigin,
      vary: 'Origin',
      'cache-control': 'no-store',
    })
    const foreign = await rawRequest(proxy.url, {
      path,
      headers: { origin: 'https://evil.example' },
    })
    expect(foreign.headers).not.toHaveProperty('access-control-allow-origin')
  })

  test.each([
    [400, 'GET / HTTP/9.9\r\n\r\n'],
    [400, 'nonsense\r\n\r\n'],
    [431, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
  ])('is answered in the form of RFC 6749, with %i', async (status, bytes) => {
    const proxy = await startProxy({})
    const [head = '', body = ''] = (await sendBytes(proxy.url, bytes)).split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(head).toMatch(/^content-type: application\/json/im)
    expect(head).toMatch(/^cache-control: no-store$/im)
    expect(JSON.parse(body)).toEqual({
      error: 'invalid_request',
      error_description: expect.any(String),
    })
  })
})

test('a client that keeps its end open after such an answer does not hold up the close', async () => {
  const proxy = await startProxy({})
  const { hostname, port } = new URL(proxy.url)
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {}).resume()
  socket.write('nonsense\r\n\r\n')
  await once(socket, 'end')
  await proxy.close()
})

test('a request that never ends is given up after five minutes', () => {
  const app = createServer({ ...settings, logLevel: 'silent' })
  onTestFinished(() => app.close())
  expect(app.server.requestTimeout).toBe(300_000)
})

test('a request that arrives on an open connection while it closes is still served', async () => {
  let finish = () => {}
  const upstream = await startUpstream((_request, response) => {
    finish = () => response.end('{}')
  })
  const proxy = await startProxy({ apiUrl: upstream.apiUrl })
  const { hostname, port } = new URL(proxy.url)
  const socket = connect(Number(port), hostname)
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk
  })

  const { authorization } = bearer
  socket.write(`GET /1/user HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n\r\n`)
  await expect.poll(upstream.requests).toBe(1)
  const closed = proxy.close()
  await expect(fetch(proxy.url)).rejects.toThrow()
  socket.write('GET /elsewhere HTTP/1.1\r\nHost: x\r\n\r\n')
  await expect.poll(proxy.log).toContain('/elsewhere')
  finish()
  await closed
  await expect.poll(() => received).toMatch(/^HTTP\/1.1 200 .*HTTP\/1.1 404 /s)
})

test('the log begins with what Roambi must know, and with what is missing', async () => {
  const complete = await startProxy({})
  expect(complete.log()).toContain(`"redirectUri":"${callbackUrl}"`)
  expect(complete.log()).not.toContain('"level":40')

  const lines: string[] = []
  const app = createServer(settings, { write: (line) => void lines.push(line) })
  onTestFinished(() => app.close())
  await app.ready()
  expect(lines.join('')).toMatch(
    /"level":40,.*PROXY_SEALING_KEYS \(option sealingKeys\) is not set/,
  )
})

test('the health check is not logged', async () => {
  const proxy = await startProxy({})
  expect(await (await fetch(`${proxy.url}/healthz`)).json()).toEqual({ status: 'ok' })
  expect(proxy.log()).not.toContain('/healthz')
})
