import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { rawRequest } from './raw-request.ts'
import {
  appOrigin,
  bearer,
  client,
  codeForm,
  startEcho,
  startEchoStage,
  startPlainStage,
  startProxy,
  startUpstream,
} from './stage.ts'

test('the API answers through the proxy', async () => {
  const { proxy, sandbox } = await startPlainStage()
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
  const { proxy } = await startEchoStage()
  const path = '/1/accounts/a%20b/contents/%C3%A9.json?q=a%2Fb&q=..&empty=&x=%00'
  const response = await fetch(`${proxy.url}${path}`, { headers: bearer })
  expect(await response.json()).toMatchObject({ method: 'GET', url: path })
})

test.each(['/1/%252e%252e/%252Fx', '/1/50%25', '/1/a;b=c/d', '/1/USER', '/1/%EF%BC%8E%EF%BC%8E/x'])(
  'what a server is to decode once is left to it: %s',
  async (path) => {
    const { proxy } = await startEchoStage()
    const response = await fetch(`${proxy.url}${path}`, { headers: bearer })
    expect(await response.json()).toMatchObject({ url: path })
  },
)

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
  const { echo, proxy } = await startEchoStage()
  const fromApp = {
    accept: 'application/json',
    'accept-language': 'de',
    ...bearer,
    'content-encoding': 'identity',
    'content-type': 'application/json',
    'if-match': '"1"',
    'if-modified-since': 'Wed, 21 Oct 2026 07:28:00 GMT',
    'if-none-match': '"2"',
    'if-range': '"3"',
    'if-unmodified-since': 'Wed, 21 Oct 2026 07:28:01 GMT',
    range: 'bytes=0-1',
  }
  const response = await fetch(`${proxy.url}/1/user`, {
    method: 'PUT',
    headers: {
      ...fromApp,
      cookie: 'session=1',
      origin: appOrigin,
      referer: `${appOrigin}/page`,
      dpop: 'a.proof.of-the-token-endpoint',
      'x-forwarded-for': '10.0.0.1',
      'proxy-authorization': 'Basic eDp5',
    },
    body: '{"a":1}',
  })
  const text = await response.text()
  expect(text).not.toContain(client.clientSecret)
  expect(JSON.parse(text).headers).toEqual({
    ...fromApp,
    'accept-encoding': expect.any(String),
    connection: 'keep-alive',
    'content-length': '7',
    host: new URL(echo.apiUrl).host,
    'user-agent': 'node',
  })

  const preflight = await fetch(`${proxy.url}/1/user`, {
    method: 'OPTIONS',
    headers: { origin: appOrigin, 'access-control-request-method': 'PUT' },
  })
  const allowed = preflight.headers.get('access-control-allow-headers')
  expect(allowed?.split(', ').sort()).toEqual([...Object.keys(fromApp), 'dpop'].sort())
})

test("only the app's business comes back, and its page can read all of it", async () => {
  const fromApi = {
    'accept-ranges': 'bytes',
    'cache-control': 'private',
    'content-disposition': 'attachment',
    'content-encoding': 'identity',
    'content-language': 'de',
    'content-length': '2',
    'content-range': 'bytes 0-1/9',
    'content-type': 'application/json',
    etag: '"1"',
    expires: 'Wed, 21 Oct 2026 07:28:00 GMT',
    'last-modified': 'Wed, 21 Oct 2026 07:28:01 GMT',
    location: '/1/jobs/2',
    'retry-after': '3',
    'www-authenticate': 'Bearer',
  }
  const upstream = await startUpstream((_request, response) => {
    response
      .writeHead(206, {
        ...fromApi,
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
  expect(status).toBe(206)
  expect(Object.fromEntries(headers)).toEqual({
    ...fromApi,
    vary: 'Origin, Accept',
    'access-control-allow-origin': appOrigin,
    'access-control-expose-headers': [...Object.keys(fromApi), 'dpop-nonce', 'x-request-id'].join(
      ', ',
    ),
    'x-request-id': expect.any(String),
    connection: 'keep-alive',
    date: expect.any(String),
    'keep-alive': expect.any(String),
  })
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

test('what is asked for packed, or a part of, comes as Roambi packs and cuts it', async () => {
  const packed = gzipSync('a document')
  let asked: object | undefined
  const upstream = await startUpstream(({ headers }, response) => {
    asked = headers
    const part = packed.subarray(4)
    response
      .writeHead(206, {
        'content-encoding': 'gzip',
        'content-length': part.length,
        'content-range': `bytes 4-${packed.length - 1}/${packed.length}`,
      })
      .end(part)
  })
  const proxy = await startProxy({ apiUrl: upstream.apiUrl })
  const headers = { ...bearer, 'accept-encoding': 'gzip', range: 'bytes=4-' }
  const request = httpRequest(`${proxy.url}/1/contents`, { headers }).end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  expect(asked).toMatchObject(headers)
  expect(response.statusCode).toBe(206)
  expect(response.headers).toMatchObject({
    'content-encoding': 'gzip',
    'content-range': `bytes 4-${packed.length - 1}/${packed.length}`,
  })
  expect(Buffer.concat(await response.toArray())).toEqual(packed.subarray(4))
})

test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s needs no Content-Type', async (method) => {
  const upstream = await startUpstream((request, response) => request.pipe(response))
  const proxy = await startProxy({ apiUrl: upstream.apiUrl })
  const headers = { ...bearer, 'content-length': '4' }
  const { status, text } = await rawRequest(`${proxy.url}/1/x`, { method, headers }, 'body')
  expect([status, text]).toEqual([200, 'body'])
})

test('a GET that announces a body is forwarded without', async () => {
  const { proxy } = await startEchoStage()
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

test('an app that goes away while the upstream is silent leaves no connection behind', async () => {
  let noticed = false
  const upstream = await startUpstream((_request, response) => {
    response.on('close', () => {
      noticed = true
    })
  })
  const proxy = await startProxy({ apiUrl: upstream.apiUrl })
  const leave = new AbortController()
  const answer = fetch(`${proxy.url}/1/user`, { headers: bearer, signal: leave.signal })
  await expect.poll(upstream.requests).toBe(1)
  leave.abort()
  await expect(answer).rejects.toThrow()
  await expect.poll(() => noticed).toBe(true)
})

test('no connection to the upstream outlives the proxy', async () => {
  let isOpen = () => true
  const upstream = await startUpstream(({ socket }, response) => {
    isOpen = () => !socket.destroyed
    response.end('{}')
  })
  const proxy = await startProxy({ apiUrl: upstream.apiUrl })
  await (await fetch(`${proxy.url}/1/user`, { headers: bearer })).text()
  expect(isOpen()).toBe(true)
  await proxy.close()
  await expect.poll(isOpen).toBe(false)
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
