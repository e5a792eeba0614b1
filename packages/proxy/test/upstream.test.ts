// Faults of the upstream on the wire, and what is asked again.
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import {
  codeForm,
  plain,
  sealedRefreshForm,
  startPlainStage,
  startProxy,
  startUpstream,
} from './stage.ts'

const unavailable = { status: 503, body: { error: 'temporarily_unavailable' } }
const timedOut = { status: 504, body: { error: 'temporarily_unavailable' } }
const brokenOff = { status: 502, body: { error: 'temporarily_unavailable' } }
const badGateway = { status: 502, body: { error: 'server_error' } }
const tokens = '{"access_token":"a","token_type":"bearer"}'

test('internal_server_error is asked again, once', async () => {
  const { proxy, sandbox } = await startPlainStage()
  sandbox.failNext('internal_server_error')
  expect(await proxy.post(codeForm(sandbox.issueCode()))).toMatchObject({ status: 200 })
  expect(sandbox.tokenRequests).toHaveLength(2)

  sandbox.failNext('internal_server_error', { times: 2 })
  const answer = await proxy.post(codeForm(sandbox.issueCode()))
  expect(answer).toMatchObject(unavailable)
  expect(answer.headers.get('retry-after')).toBe('5')
  expect(sandbox.tokenRequests).toHaveLength(4)
})

test('when the first attempt has burnt the code, the log has the first cause', async () => {
  const { proxy, sandbox } = await startPlainStage()
  sandbox.failNext('internal_server_error')
  expect(await proxy.post(codeForm('burnt'))).toMatchObject({
    status: 400,
    body: { error: 'invalid_grant' },
  })
  expect(proxy.log()).toMatch(/"upstream":"internal_server_error".*"upstream":"invalid_grant"/s)
})

test('503, 429 and 403 with a rate limit are not asked again, and pass Retry-After on', async () => {
  const { proxy, sandbox } = await startPlainStage()
  sandbox.failNext({ status: 503, headers: { 'retry-after': '7' } })
  const busy = await proxy.post(await sealedRefreshForm())
  expect(busy).toMatchObject(unavailable)
  expect(busy.headers.get('retry-after')).toBe('7')

  sandbox.failNext({
    status: 403,
    contentType: 'text/plain',
    body: '403 Forbidden (Rate Limit Exceeded)',
  })
  expect((await proxy.post(await sealedRefreshForm())).status).toBe(429)
  sandbox.failNext(429)
  expect((await proxy.post(await sealedRefreshForm())).status).toBe(429)
  expect(sandbox.tokenRequests).toHaveLength(3)
})

test('HTML is a bad gateway', async () => {
  const { proxy, sandbox } = await startPlainStage()
  sandbox.failNext('html')
  expect(await proxy.post(await sealedRefreshForm())).toMatchObject(badGateway)
})

test('504 is a timeout, and is not asked again', async () => {
  const { proxy, sandbox } = await startPlainStage()
  sandbox.failNext(504)
  expect(await proxy.post(await sealedRefreshForm())).toMatchObject(timedOut)
  expect(sandbox.tokenRequests).toHaveLength(1)
})

test('silence is a timeout, and is not asked again', async () => {
  const { proxy, sandbox } = await startPlainStage({ timeouts: { token: 200 } })
  sandbox.failNext('hang')
  expect(await proxy.post(codeForm('c'))).toMatchObject(timedOut)
  expect(sandbox.tokenRequests).toHaveLength(1)
})

test('a body that trickles is a timeout, however lively', async () => {
  const upstream = await startUpstream((_request, response) => {
    response.writeHead(200)
    const timer = setInterval(() => response.write(' '), 20)
    response.on('close', () => clearInterval(timer))
  })
  const proxy = await startProxy({ ...plain, apiUrl: upstream.apiUrl, timeouts: { token: 300 } })
  expect(await proxy.post(codeForm('c'))).toMatchObject(timedOut)
})

test('a reset after the request was sent is not asked again', async () => {
  const { proxy, sandbox } = await startPlainStage()
  sandbox.failNext('reset')
  const answer = await proxy.post(codeForm('c'))
  expect(answer).toMatchObject(brokenOff)
  expect(answer.headers.get('retry-after')).toBe('5')
  expect(sandbox.tokenRequests).toHaveLength(1)
})

test('an answer that breaks off half-way is not asked again', async () => {
  const upstream = await startUpstream(({ socket }) => {
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"access_token":')
  })
  const proxy = await startProxy({ ...plain, apiUrl: upstream.apiUrl })
  expect(await proxy.post(codeForm('c'))).toMatchObject(brokenOff)
  expect(upstream.requests()).toBe(1)
})

test('an idle connection that is closed at the worst moment costs nobody a code', async () => {
  const used = new WeakSet<object>()
  const upstream = await startUpstream(({ socket }, response) => {
    if (used.has(socket)) return socket.resetAndDestroy()
    used.add(socket)
    response.end(tokens)
  })
  const proxy = await startProxy({ ...plain, apiUrl: upstream.apiUrl })
  for (const code of ['c1', 'c2', 'c3']) {
    expect(await proxy.post(codeForm(code))).toMatchObject({ status: 200 })
  }
})

test.each([
  ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
  ['a broken chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n'],
])('%s is a bad gateway', async (_name, bytes) => {
  const upstream = await startUpstream(({ socket }) => socket.end(bytes))
  const proxy = await startProxy({ ...plain, apiUrl: upstream.apiUrl })
  expect(await proxy.post(codeForm('c'))).toMatchObject(badGateway)
  expect(upstream.requests()).toBe(1)
})

test('an answer of more than 64 KiB is a bad gateway', async () => {
  const upstream = await startUpstream((_request, response) => {
    response.end(`${tokens}${' '.repeat(64 * 1024)}`)
  })
  expect(
    await (await startProxy({ ...plain, apiUrl: upstream.apiUrl })).post(codeForm('c')),
  ).toMatchObject(badGateway)
})

test('no compression is asked for, so that an answer in gzip is a bad gateway', async () => {
  let asked: unknown
  const upstream = await startUpstream(({ headers }, response) => {
    asked = headers['accept-encoding']
    response.setHeader('content-encoding', 'gzip').end(gzipSync(tokens))
  })
  expect(
    await (await startProxy({ ...plain, apiUrl: upstream.apiUrl })).post(codeForm('c')),
  ).toMatchObject(badGateway)
  expect(asked).toBe('identity')
})

test.each([301, 302, 307, 308])(
  'a redirect (%i) is not followed with the secret',
  async (status) => {
    const elsewhere = await startUpstream((_request, response) => response.end(tokens))
    const upstream = await startUpstream((_request, response) => {
      response.writeHead(status, { location: `${elsewhere.apiUrl}/token` }).end(tokens)
    })
    expect(
      await (await startProxy({ ...plain, apiUrl: upstream.apiUrl })).post(codeForm('c')),
    ).toMatchObject(badGateway)
    expect(upstream.requests()).toBe(1)
    expect(elsewhere.requests()).toBe(0)
  },
)
