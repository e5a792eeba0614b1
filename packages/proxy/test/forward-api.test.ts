import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import {
  answerOf,
  appOrigin,
  client,
  codeForm,
  freePort,
  startProxy,
  startStage,
  startUpstream,
} from './stage.ts'

const bearer = { authorization: 'Bearer 1/65_EnBUJxDe5GsIjC' }

/** Answers with what it received. */
const startEcho = () =>
  startUpstream((request, response) => {
    const { method, url, headers } = request
    request.resume().on('end', () => response.end(JSON.stringify({ method, url, headers })))
  })

test('the API answers through the proxy', async () => {
  const { proxy, sandbox } = await startStage()
  const { body } = await proxy.post(codeForm(sandbox.issueCode()))
  const response = await fetch(`${proxy.url}/1/user/resources`, {
    headers: { authorization: `Bearer ${body.access_token}`, origin: appOrigin },
  })
  expect(response.status).toBe(200)
  expect(response.headers.get('access-control-allow-origin')).toBe(appOrigin)
  expect(await response.json()).toMatchObject({ resources: { primary_email: 'joan@scdp.com' } })

  sandbox.expireAccessTokens()
  const expired = await fetch(`${proxy.url}/1/user/resources`, {
    headers: { authorization: `Bearer ${body.access_token}` },
  })
  expect(expired.status).toBe(401)
  expect(await expired.json()).toMatchObject({ error: 'expired_token' })
})

test('path and query are kept as they are', async () => {
  const echo = await startEcho()
  const proxy = await startProxy({ apiUrl: echo.apiUrl })
  const path = '/1/accounts/a%20b/contents/%C3%A9.json?q=a%2Fb&q=..&empty=&x=%00'
  const response = await fetch(`${proxy.url}${path}`, { headers: bearer })
  expect(await response.json()).toMatchObject({ method: 'GET', url: path })
})

test.each([
  ['/1', '/1/user?x', '/1/user?x'],
  ['/1', '/1//evil.example/user', '/1//evil.example/user'],
  ['/europe/v2/', '/1/user?x', '/europe/v2/user?x'],
  ['', '/1/user', '/user'],
  ['/', '/1//evil.example/user', '//evil.example/user'],
])('under the base path "%s" of the upstream %s is %s', async (basePath, path, forwarded) => {
  const echo = await startEcho()
  const proxy = await startProxy({ apiUrl: new URL(echo.apiUrl).origin + basePath })
  const response = await fetch(proxy.url + path, { headers: bearer })
  expect(await response.json()).toMatchObject({ url: forwarded })
})

test("only the API's business goes upstream, and never the secret", async () => {
  const echo = await startEcho()
  const proxy = await startProxy({ apiUrl: echo.apiUrl })
  const response = await fetch(`${proxy.url}/1/user`, {
    method: 'PUT',
    headers: {
      ...bearer,
      'content-type': 'application/json',
      cookie: 'session=1',
      origin: appOrigin,
      referer: `${appOrigin}/page`,
      'x-forwarded-for': '10.0.0.1',
      'proxy-authorization': 'Basic eDp5',
    },
    body: '{"a":1}',
  })
  const text = await response.text()
  const { headers } = JSON.parse(text)
  expect(Object.keys(headers).sort()).toEqual([
    'accept',
    'accept-encoding',
    'accept-language',
    'authorization',
    'connection',
    'content-length',
    'content-type',
    'host',
    'user-agent',
  ])
  expect(headers).toMatchObject({ ...bearer, host: new URL(echo.apiUrl).host })
  expect(text).not.toContain(client.clientSecret)
})

test("only the app's business comes back", async () => {
  const upstream = await startUpstream((_request, response) => {
    response
      .writeHead(202, {
        'content-type': 'application/json',
        'retry-after': '3',
        etag: '"1"',
        vary: 'Accept',
        'set-cookie': 'upstream=1',
        'access-control-allow-origin': '*',
        'access-control-allow-credentials': 'true',
        'clear-site-data': '"*"',
      })
      .end('{}')
  })
  const proxy = await startProxy({ apiUrl: upstream.apiUrl })
  const { status, headers } = await fetch(`${proxy.url}/1/jobs/1`, {
    headers: { ...bearer, origin: appOrigin },
  })
  expect(status).toBe(202)
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'application/json',
    'retry-after': '3',
    etag: '"1"',
    vary: 'Origin, Accept',
    'access-control-allow-origin': appOrigin,
    'access-control-expose-headers': expect.stringContaining('retry-after'),
  })
  for (const name of ['set-cookie', 'access-control-allow-credentials', 'clear-site-data']) {
    expect(headers.has(name)).toBe(false)
  }
})

test('bodies of many MB flow both ways', async () => {
  const upstream = await startUpstream((request, response) => request.pipe(response))
  const proxy = await startProxy({ apiUrl: upstream.apiUrl })
  const sent = createHash('sha256')
  const chunks = Array.from({ length: 32 }, () => randomBytes(1024 * 1024))
  for (const chunk of chunks) sent.update(chunk)

  const response = await fetch(`${proxy.url}/1/contents`, {
    method: 'POST',
    headers: { ...bearer, 'content-type': 'multipart/form-data; boundary=x' },
    body: Readable.toWeb(Readable.from(chunks)) as ReadableStream,
    duplex: 'half',
  })
  const received = createHash('sha256')
  for await (const chunk of response.body ?? []) received.update(chunk)
  expect(received.digest('hex')).toBe(sent.digest('hex'))
})

test('an answer is passed on while it comes', async () => {
  let finish = () => {}
  const upstream = await startUpstream((_request, response) => {
    response.write('first')
    finish = () => response.end('second')
  })
  const proxy = await startProxy({ apiUrl: upstream.apiUrl })
  const response = await fetch(`${proxy.url}/1/contents`, { headers: bearer })
  const reader = response.body?.getReader()
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('first')
  finish()
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('second')
})

test('a GET that announces a body is forwarded without', async () => {
  const echo = await startEcho()
  const proxy = await startProxy({ apiUrl: echo.apiUrl })
  const headers = { ...bearer, 'content-length': '4' }
  const { status, text } = await rawRequest(`${proxy.url}/1/user`, { headers }, 'body')
  expect(status).toBe(200)
  expect(JSON.parse(text).headers).not.toHaveProperty('content-length')
})

test.each([
  ['HEAD', 200, '5'],
  ['GET', 304, null],
  ['DELETE', 204, null],
])('%s with %i has no body', async (method, status, length) => {
  const upstream = await startUpstream((_request, response) => {
    response.writeHead(status, status === 200 ? { 'content-length': 5 } : {}).end()
  })
  const proxy = await startProxy({ apiUrl: upstream.apiUrl })
  const response = await fetch(`${proxy.url}/1/user`, { method, headers: bearer })
  expect(response.status).toBe(status)
  expect(response.headers.get('content-length')).toBe(length)
  expect(await response.text()).toBe('')
})

test('an app that goes away in the middle of its body harms nobody', async () => {
  let noticed = false
  const upstream = await startUpstream((request, response) => {
    if (request.method === 'GET') return response.end('fine')
    request.resume().on('close', () => {
      noticed = true
    })
  })
  const proxy = await startProxy({ apiUrl: upstream.apiUrl })
  const headers = { ...bearer, 'content-length': '1000' }
  const upload = httpRequest(`${proxy.url}/1/contents`, { method: 'POST', headers })
  upload.on('error', () => {}).write('half')
  await expect.poll(upstream.requests).toBe(1)
  upload.destroy()
  await expect.poll(() => noticed).toBe(true)
  const response = await fetch(`${proxy.url}/1/user`, { headers: bearer })
  expect(await response.text()).toBe('fine')
})

test('a redirect is passed on, not followed', async () => {
  const elsewhere = await startUpstream((_request, response) => response.end())
  const upstream = await startUpstream((_request, response) => {
    response.writeHead(307, { location: elsewhere.apiUrl }).end()
  })
  const proxy = await startProxy({ apiUrl: upstream.apiUrl })
  const response = await fetch(`${proxy.url}/1/user`, { headers: bearer, redirect: 'manual' })
  expect(response.status).toBe(307)
  expect(elsewhere.requests()).toBe(0)
})

test('a 503 is passed on, and not asked again', async () => {
  const upstream = await startUpstream((_request, response) => {
    response.writeHead(503, { 'retry-after': '1' }).end('{}')
  })
  const proxy = await startProxy({ apiUrl: upstream.apiUrl })
  const response = await fetch(`${proxy.url}/1/user`, { headers: bearer })
  expect(response.status).toBe(503)
  expect(upstream.requests()).toBe(1)
})

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

  test('is unavailable when it resets, and a bad gateway when it talks nonsense', async () => {
    const upstream = await startUpstream(({ url, socket }) => {
      if (url === '/1/reset') socket.resetAndDestroy()
      else socket.end('access_token=leak-1\r\n\r\n')
    })
    const proxy = await startProxy({ apiUrl: upstream.apiUrl })
    expect(await get(`${proxy.url}/1/reset`)).toMatchObject({ status: 503 })
    expect(await get(`${proxy.url}/1/nonsense`)).toMatchObject({ status: 502 })
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
    const echo = await startEcho()
    const proxy = await startProxy({ apiUrl: echo.apiUrl })
    const answer = await get(`${proxy.url}/1/user/resources?access_token=a`, headers)
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_request' } })
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expect(echo.requests()).toBe(0)
  })

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
    '/1/user#x',
    '/%31/user',
  ])('a path that can be read in two ways: %s', async (path) => {
    const echo = await startEcho()
    const proxy = await startProxy({ apiUrl: echo.apiUrl })
    const { status, text } = await rawRequest(proxy.url, { path, headers: bearer })
    expect(status).toBe(400)
    expect(JSON.parse(text)).toMatchObject({ error: 'invalid_request' })
    expect(echo.requests()).toBe(0)
  })

  test.each(['/1/%', '/1/%ff', '/1/%E0%A4%A'])('a path that is no UTF-8: %s', async (path) => {
    const echo = await startEcho()
    const proxy = await startProxy({ apiUrl: echo.apiUrl })
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
    const echo = await startEcho()
    const proxy = await startProxy({ apiUrl: echo.apiUrl })
    expect(await get(`${proxy.url}${path}`)).toMatchObject({
      status: 404,
      body: { error: 'invalid_request' },
    })
    expect(echo.requests()).toBe(0)
  })

  test('what comes from a foreign origin', async () => {
    const echo = await startEcho()
    const proxy = await startProxy({ apiUrl: echo.apiUrl })
    const headers = { ...bearer, origin: 'https://evil.example' }
    expect(await get(`${proxy.url}/1/user`, headers)).toMatchObject({ status: 403 })
    expect(echo.requests()).toBe(0)
  })

  test('anything, when forwarding is off', async () => {
    const echo = await startEcho()
    const proxy = await startProxy({ apiUrl: echo.apiUrl, forwardApi: false })
    expect(await get(`${proxy.url}/1/user`)).toMatchObject({ status: 404 })
    expect(await get(`${proxy.url}/1/authorize`)).toMatchObject({ status: 404 })
    expect(echo.requests()).toBe(0)
  })
})

async function get(url: string, headers: Record<string, string> = bearer) {
  return answerOf(await fetch(url, { headers }))
}

/** Sends the path as it is, which `fetch` would not. */
async function rawRequest(
  url: string,
  options: { path?: string; headers: Record<string, string> },
  body?: string,
) {
  const request = httpRequest(url, options).end(body)
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of response) text += chunk
  return { status: response.statusCode, text }
}
