import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { generate } from 'selfsigned'
import { describe, expect, onTestFinished, test } from 'vitest'
import { failureAnswer, failureOf } from '../src/upstream/upstream-failure.ts'
import { bearer, codeForm, freePort, plain, startProxy, startUpstream } from './stage.ts'

test.each([
  ['ECONNREFUSED', 'unreachable'],
  ['ENOTFOUND', 'unreachable'],
  ['EAI_AGAIN', 'unreachable'],
  ['UND_ERR_CONNECT_TIMEOUT', 'unreachable'],
  ['CERT_HAS_EXPIRED', 'unreachable'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'unreachable'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'unreachable'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unreachable'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'unreachable'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_OVERFLOW', 'unreadable'],
  ['HPE_INVALID_STATUS', 'unreadable'],
  ['UND_ERR_SOCKET', 'reset'],
  ['ECONNRESET', 'reset'],
  // May strike an open connection as well.
  ['ETIMEDOUT', 'reset'],
  ['EHOSTUNREACH', 'reset'],
  // After a TLS 1.3 handshake, when the request may be on its way.
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'reset'],
  ['SOMETHING_NEW', 'reset'],
])('%s means %s', (code, failure) => {
  expect(failureOf(Object.assign(new Error(), { code }))).toBe(failure)
})

test('an error without a code may have been sent', () => {
  expect(failureOf(new TypeError('a bug'))).toBe('reset')
})

test.each([
  ['unreachable', 503, 'temporarily_unavailable', '5'],
  ['reset', 502, 'temporarily_unavailable', '5'],
  ['timeout', 504, 'temporarily_unavailable', '5'],
  ['unreadable', 502, 'server_error', undefined],
] as const)(
  '%s is answered with %i, of which only 503 says that nothing was done',
  (failure, status, code, retryAfter) => {
    const answer = failureAnswer(failure)
    expect(answer).toMatchObject({ status, code })
    expect(answer.headers['retry-after']).toBe(retryAfter)
  },
)

describe('an upstream that can not be connected to', () => {
  const unavailable = { status: 503, body: { error: 'temporarily_unavailable' } }

  test('is asked again', async () => {
    const port = await freePort()
    const proxy = await startProxy({
      ...plain,
      apiUrl: `http://127.0.0.1:${port}/1`,
      retryPause: 400,
    })
    const answer = proxy.post(codeForm('c'))
    await expect.poll(proxy.log).toContain('"upstream":"unreachable"')
    await startUpstream((_request, response) => response.end('{"access_token":"a"}'), port)
    expect(await answer).toMatchObject({ status: 200, body: { access_token: 'a' } })
  })

  test('is unavailable when nothing listens', async () => {
    const proxy = await startProxy({ ...plain, apiUrl: `http://127.0.0.1:${await freePort()}/1` })
    const answer = await proxy.post(codeForm('c'))
    expect(answer).toMatchObject(unavailable)
    expect(answer.headers.get('retry-after')).toBe('5')
    expect(codes(proxy.log())).toEqual(['ECONNREFUSED', 'ECONNREFUSED'])
  })

  test('is unavailable when its name is not known', { timeout: 20_000 }, async () => {
    const proxy = await startProxy({ ...plain, apiUrl: 'https://roambi.invalid/1' })
    expect(await proxy.post(codeForm('c'))).toMatchObject(unavailable)
    expect(codes(proxy.log())).toHaveLength(2)
  })

  test('is unavailable when its certificate is not trusted', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }])
    let requests = 0
    const server = createHttpsServer({ key, cert }, (_request, response) => {
      requests += 1
      response.end('{}')
    })
    const proxy = await startProxy({
      ...plain,
      apiUrl: `https://localhost:${await listen(server)}/1`,
    })
    expect(await proxy.post(codeForm('c'))).toMatchObject(unavailable)
    const untrusted = 'DEPTH_ZERO_SELF_SIGNED_CERT'
    expect(codes(proxy.log())).toEqual([untrusted, untrusted])
    expect((await fetch(`${proxy.url}/1/user`, { headers: bearer })).status).toBe(503)
    expect(requests).toBe(0)
  })

  test('is unavailable when it takes too long for the handshake', async () => {
    const server = createTcpServer((socket) => socket.on('error', () => {}))
    const apiUrl = `https://localhost:${await listen(server)}/1`
    const proxy = await startProxy({ ...plain, apiUrl, timeouts: { connect: 100 } })
    expect(await proxy.post(codeForm('c'))).toMatchObject(unavailable)
    const late = 'UND_ERR_CONNECT_TIMEOUT'
    expect(codes(proxy.log())).toEqual([late, late])
    expect((await fetch(`${proxy.url}/1/user`, { headers: bearer })).status).toBe(503)
  })
})

/** Of the failures that were logged. */
function codes(log: string): (string | undefined)[] {
  return [...log.matchAll(/"upstream":"unreachable","code":"(\w+)"/g)].map(([, code]) => code)
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}
