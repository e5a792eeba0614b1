import { describe, expect, test } from 'vitest'
import { rawRequest } from './raw-request.ts'
import {
  answerOf,
  bearer,
  codeForm,
  freePort,
  plain,
  startEchoStage,
  startProxy,
  startUpstream,
} from './stage.ts'

describe('an upstream that does not answer', () => {
  test('is unavailable when nothing listens', async () => {
    const proxy = await startProxy({ apiUrl: `http://127.0.0.1:${await freePort()}/1` })
    expect(await get(`${proxy.url}/1/user`)).toMatchObject({
      status: 503,
      body: { error: 'temporarily_unavailable' },
    })
  })

  test('is a timeout when it hangs', async () => {
    const upstream = await startUpstream(() => {})
    const proxy = await startProxy({ apiUrl: upstream.apiUrl, timeouts: { api: 200 } })
    expect(await get(`${proxy.url}/1/user`)).toMatchObject({ status: 504 })
  })

  test('is a bad gateway when it resets or talks nonsense', async () => {
    const upstream = await startUpstream(({ url, socket }) => {
      if (url === '/1/reset') socket.resetAndDestroy()
      else socket.end('access_token=leak-1\r\n\r\n')
    })
    const proxy = await startProxy({ apiUrl: upstream.apiUrl })
    const reset = await get(`${proxy.url}/1/reset`)
    expect(reset).toMatchObject({ status: 502, body: { error: 'temporarily_unavailable' } })
    expect(reset.headers.get('retry-after')).toBe('5')
    expect(await get(`${proxy.url}/1/nonsense`)).toMatchObject({
      status: 502,
      body: { error: 'server_error' },
    })
    expect(upstream.requests()).toBe(2)
    expect(proxy.log()).not.toContain('leak-1')
  })

  test('ends the answer that it breaks off', async () => {
    const upstream = await startUpstream((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half')
      setImmediate(() => response.destroy())
    })
    const proxy = await startProxy({ apiUrl: upstream.apiUrl })
    const whole = fetch(`${proxy.url}/1/user`, { headers: bearer }).then((r) => r.text())
    await expect(whole).rejects.toThrow()
  })
})

describe('what is not forwarded', () => {
  test.each<[string, Record<string, string>]>([
    ['no token', {}],
    ['Basic credentials', { authorization: 'Basic eDp5' }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['two tokens', { authorization: 'Bearer a b' }],
  ])('a request with %s', async (_name, headers) => {
    const { echo, proxy } = await startEchoStage()
    const answer = await get(`${proxy.url}/1/user/resources?access_token=a`, headers)
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_request' } })
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expect(echo.requests()).toBe(0)
  })

  test.each(['authorization', 'close, Authorization'])(
    'a request whose token is not for the next hop (Connection: %s)',
    async (connection) => {
      const { echo, proxy } = await startEchoStage()
      const headers = { ...bearer, connection }
      const { status, text } = await rawRequest(`${proxy.url}/1/user`, { headers })
      expect(status).toBe(401)
      expect(JSON.parse(text)).toMatchObject({ error: 'invalid_request' })
      expect(echo.requests()).toBe(0)
    },
  )

  test.each([
    '/1/../admin',
    '/1/a/..',
    '/1/a/./b',
    '/1/%2e%2E/admin',
    '/1/.%2e/admin',
    '/1/..;/admin',
    '/1/a%2fb',
    '/1/a%2Fb',
    '/1/..%5cadmin',
    '/1/..\\admin',
    '/1/.%3b/admin',
    '/1/..%3b/admin',
    '/1/a/%2e%2e;x/b',
    '/1//../x',
    '/1/user#x',
    '/1/user?x#y',
    '/%31/user',
    // Control characters.
    '/1/token%00',
    '/1/.%0a./admin',
    '/1/a%0D%0Ab',
    '/1/a%7Fb',
    // A dot and a slash in more bytes than they need.
    '/1/%c0%ae%c0%ae/admin',
    '/1/..%c0%afadmin',
    // No UTF-8.
    '/1/%',
    '/1/%ff',
    '/1/%E0%A4%A',
  ])('a path that can be read in two ways, or in none: %s', async (path) => {
    const { echo, proxy } = await startEchoStage()
    const { status, text } = await rawRequest(proxy.url, { path, headers: bearer })
    expect(status).toBe(400)
    expect(JSON.parse(text)).toMatchObject({ error: 'invalid_request' })
    expect(echo.requests()).toBe(0)
  })

  test.each([
    '/1/authorize?response_type=code',
    '/1/authorize/x',
    '/1/%61uthorize',
    '/1/callback?code=c',
    '/1/token/',
  ])('the reserved %s', async (path) => {
    const { echo, proxy } = await startEchoStage(plain)
    expect(await get(`${proxy.url}${path}`)).toMatchObject({
      status: 404,
      body: { error: 'invalid_request' },
    })
    const form = new URLSearchParams(codeForm('c'))
    const posted = await answerOf(
      await fetch(`${proxy.url}${path}`, { method: 'POST', body: form }),
    )
    expect(posted).toMatchObject({ status: 404, body: { error: 'invalid_request' } })
    expect(echo.requests()).toBe(0)
  })

  test('what comes from a foreign origin', async () => {
    const { echo, proxy } = await startEchoStage()
    const headers = { ...bearer, origin: 'https://evil.example' }
    expect(await get(`${proxy.url}/1/user`, headers)).toMatchObject({ status: 403 })
    expect(echo.requests()).toBe(0)
  })

  test('anything, when forwarding is off', async () => {
    const { echo, proxy } = await startEchoStage({ ...plain, forwardApi: false })
    expect(await get(`${proxy.url}/1/user`)).toMatchObject({ status: 404 })
    expect(await get(`${proxy.url}/1/authorize`)).toMatchObject({ status: 404 })
    expect(echo.requests()).toBe(0)
  })
})

async function get(url: string, headers: Record<string, string> = bearer) {
  return answerOf(await fetch(url, { headers }))
}
