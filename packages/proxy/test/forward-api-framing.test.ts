// Where a message ends and what belongs to it, byte by byte: a proxy and its upstream must never
// read two different things.
import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { rawRequest, sendBytes } from './raw-request.ts'
import { bearer, startProxy, startUpstream } from './stage.ts'

const head = (line: string, ...headers: string[]) =>
  [
    `${line} HTTP/1.1`,
    'Host: x',
    `Authorization: ${bearer.authorization}`,
    ...headers,
    '\r\n',
  ].join('\r\n')
const post = (...headers: string[]) => head('POST /1/x', 'Connection: close', ...headers)
const hidden = head('GET /1/hidden', 'Connection: close')
const chunked = 'Transfer-Encoding: chunked'

/** Tells what it received, and never sees more than was meant for it. */
async function startRecordingStage() {
  const received: (Pick<IncomingMessage, 'headers' | 'trailers'> & {
    line: string
    body: string
  })[] = []
  const upstream = await startUpstream(async (request, response) => {
    const { method, url, headers } = request
    let body = ''
    try {
      for await (const chunk of request) body += chunk
    } catch {
      return
    }
    received.push({ line: `${method} ${url}`, headers, body, trailers: request.trailers })
    response.end('fine')
  })
  const proxy = await startProxy({ apiUrl: upstream.apiUrl })
  return { upstream, proxy, received }
}

describe('a request', () => {
  test.each([
    ['two kinds of length', `${post('Content-Length: 4', chunked)}0\r\n\r\n${hidden}`],
    [
      'two kinds of length, turned round',
      `${post(chunked, 'Content-Length: 4')}0\r\n\r\n${hidden}`,
    ],
    ['two lengths', `${post('Content-Length: 0', 'Content-Length: 4')}abcd${hidden}`],
    ['a list of lengths', `${post('Content-Length: 4, 4')}abcd`],
    ['a length with a sign', `${post('Content-Length: +4')}abcd`],
    ['a length in hexadecimal', `${post('Content-Length: 0x4')}abcd`],
    ['two codings', `${post(chunked, 'Transfer-Encoding: identity')}0\r\n\r\n${hidden}`],
    ['a space before the colon', `${post('Transfer-Encoding : chunked')}0\r\n\r\n${hidden}`],
    ['a vertical tab before the value', `${post('Transfer-Encoding:\x0bchunked')}0\r\n\r\n`],
    ['a folded header', `${post('If-Match: a', ' b', 'Content-Length: 0')}`],
    ['a folded coding', `${post('Transfer-Encoding:', ' chunked')}0\r\n\r\n${hidden}`],
    ['a line that ends in CR alone', `${post('If-Match: a\rContent-Length: 4')}abcd`],
    ['lines that end in LF alone', post('Content-Length: 0').replaceAll('\r', '')],
    ['NUL in a header', post('If-Match: a\0b')],
    ['a tab in its path', head('GET /1/.\t./x')],
    ['NUL in its path', head('GET /1/\0')],
    ['bytes of UTF-8 in its path', head('GET /1/é')],
    ['no path but a host and a port', head('GET evil.example:80')],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('with %s is refused, and the connection closed', async (_name, bytes) => {
    const { upstream, proxy } = await startRecordingStage()
    const answer = await sendBytes(proxy.url, bytes)
    expect(statuses(answer)).toEqual([400])
    expect(answer).toContain('"invalid_request"')
    expect(upstream.requests()).toBe(0)
  })

  test.each([
    ['http://evil.example/1/user', 400],
    ['http://auth.example.com/1/user', 400],
    ['HTTPS://evil.example/1/user', 400],
    ['//evil.example/1/user', 404],
    ['*', 404],
  ])('for %s is refused with %i', async (target, status) => {
    const { upstream, proxy } = await startRecordingStage()
    for (const method of ['GET', 'POST']) {
      const answer = await sendBytes(proxy.url, head(`${method} ${target}`, 'Connection: close'))
      expect(statuses(answer)).toEqual([status])
    }
    expect(upstream.requests()).toBe(0)
  })

  test.each([
    ['CONNECT evil.example:443', []],
    ['CONNECT /1/x', []],
    ['OPTIONS *', [404]],
    ['TRACE /1/x', [404]],
  ])('%s leads nowhere', async (line, expected) => {
    const { upstream, proxy } = await startRecordingStage()
    const answer = await sendBytes(proxy.url, head(line, 'Connection: close'))
    expect(statuses(answer)).toEqual(expected)
    expect(upstream.requests()).toBe(0)
  })

  test('packed in another coding than chunked is refused, as it would lose its name', async () => {
    const { upstream, proxy } = await startRecordingStage()
    const packed = `${post('Transfer-Encoding: gzip, chunked')}0\r\n\r\n`
    expect(statuses(await sendBytes(proxy.url, packed))).toEqual([501])
    expect(upstream.requests()).toBe(0)
  })

  test.each([
    ['a coding that is none', `${post('Transfer-Encoding: xchunked')}0\r\n\r\n${hidden}`],
    ['a chunk too large to count', `${post(chunked)}fffffffffffffffff\r\nab\r\n0\r\n\r\n${hidden}`],
    ['a chunk that is longer than it says', `${post(chunked)}1\r\nab\r\n0\r\n\r\n${hidden}`],
    ['a chunk of negative length', `${post(chunked)}-1\r\nab\r\n0\r\n\r\n${hidden}`],
  ])('with %s never ends upstream', async (_name, bytes) => {
    const { proxy, received } = await startRecordingStage()
    expect(statuses(await sendBytes(proxy.url, bytes))).not.toContain(200)
    const { status } = await rawRequest(`${proxy.url}/1/after`, { headers: bearer })
    expect(status).toBe(200)
    expect(received.map(({ line }) => line)).toEqual(['GET /1/after'])
  })

  test('in chunks arrives without their extensions and its trailers', async () => {
    const { proxy, received } = await startRecordingStage()
    const body =
      '2;a="b;";c\r\nab\r\n1\r\nc\r\n0\r\nAuthorization: Bearer evil\r\nX-Late: 1\r\n\r\n'
    expect(statuses(await sendBytes(proxy.url, post(chunked, 'Trailer: X-Late') + body))).toEqual([
      200,
    ])
    expect(received).toMatchObject([{ line: 'POST /1/x', body: 'abc', trailers: {} }])
    expect(received[0]?.headers).toMatchObject(bearer)
    expect(received[0]?.headers).not.toHaveProperty('trailer')
  })

  test('that hides another one in the body of a GET is one request', async () => {
    const { proxy, received } = await startRecordingStage()
    const bytes = head('GET /1/x', 'Connection: close', `Content-Length: ${hidden.length}`) + hidden
    expect(statuses(await sendBytes(proxy.url, bytes))).toEqual([200])
    expect(received).toMatchObject([{ line: 'GET /1/x', body: '' }])
  })

  test('leaves behind what is for this hop alone', async () => {
    const { upstream, proxy, received } = await startRecordingStage()
    const named = ['If-Match', 'content-LENGTH', 'Host', 'Content-Type', 'Range', 'close']
    const bytes = head(
      'PUT /1/x',
      `Connection: ${named.join(' ,')}`,
      'If-Match: "1"',
      'If-None-Match: "2"',
      'Content-Type: text/plain',
      'Range: bytes=0-1',
      'Keep-Alive: timeout=9',
      'Proxy-Connection: keep-alive',
      'Proxy-Authorization: Basic eDp5',
      'TE: trailers',
      'Upgrade: h2c',
      'HTTP2-Settings: x',
      'Content-Length: 4',
    )
    expect(statuses(await sendBytes(proxy.url, `${bytes}body`))).toEqual([200])
    expect(received).toMatchObject([{ line: 'PUT /1/x', body: 'body' }])
    expect(received[0]?.headers).toEqual({
      ...bearer,
      'content-length': '4',
      'if-none-match': '"2"',
      connection: 'keep-alive',
      host: new URL(upstream.apiUrl).host,
    })
  })

  test('that asks to be let continue is, and Roambi is not asked', async () => {
    const { proxy, received } = await startRecordingStage()
    const bytes = `${post('Expect: 100-continue', 'Content-Length: 4')}body`
    expect(statuses(await sendBytes(proxy.url, bytes))).toEqual([100, 200])
    expect(received).toMatchObject([{ body: 'body' }])
    expect(received[0]?.headers).not.toHaveProperty('expect')
  })
})

describe('an answer', () => {
  const answer = (...lines: string[]) => [...lines, '\r\n'].join('\r\n')
  const ok = 'HTTP/1.1 200 OK'

  async function get(bytes: string, method = 'GET') {
    const upstream = await startUpstream(({ socket }) => socket.write(bytes, 'latin1'))
    const proxy = await startProxy({ apiUrl: upstream.apiUrl })
    return sendBytes(proxy.url, head(`${method} /1/x`, 'Connection: close'))
  }

  test.each([
    ['two kinds of length', `${answer(ok, 'Content-Length: 3', chunked)}5\r\nhello\r\n0\r\n\r\n`],
    [
      'the same, turned round',
      `${answer(ok, chunked, 'Content-Length: 3')}5\r\nhello\r\n0\r\n\r\n`,
    ],
    ['two lengths', `${answer(ok, 'Content-Length: 3', 'Content-Length: 5')}hello`],
    ['a negative length', `${answer(ok, 'Content-Length: -1')}hello`],
    ['a folded header', `${answer(ok, 'ETag: "a"', ' "b"', 'Content-Length: 2')}ok`],
    ['a line that ends in CR alone', `${answer(ok, 'ETag: a\rX: b', 'Content-Length: 2')}ok`],
    ['a control character', `${answer(ok, 'ETag: a\x01b', 'Content-Length: 2')}ok`],
    ['NUL', `${answer(ok, 'ETag: a\0b', 'Content-Length: 2')}ok`],
    ['a space in a name', `${answer(ok, 'E Tag: a', 'Content-Length: 2')}ok`],
    ['headers of more than 16 KiB', `${answer(ok, `ETag: ${'x'.repeat(20_000)}`)}`],
    [
      'a switch of protocols',
      answer('HTTP/1.1 101 Switching', 'Upgrade: x', 'Connection: upgrade'),
    ],
    ['a status that is none', `${answer('HTTP/1.1 099 Odd', 'Content-Length: 2')}ok`],
    ['a status that is none either', `${answer('HTTP/1.1 600 Odd', 'Content-Length: 2')}ok`],
  ])('with %s is a bad gateway', async (_name, bytes) => {
    const received = await get(bytes)
    expect(statuses(received)).toEqual([502])
    const [start = '', body = ''] = received.split('\r\n\r\n')
    expect(start).toMatch(/^content-type: application\/json/im)
    expect(JSON.parse(body)).toHaveProperty('error')
  })

  test('with a status that is none leaves no header behind', async () => {
    const odd = answer(
      'HTTP/1.1 999 Odd',
      'Content-Encoding: gzip',
      'ETag: "1"',
      'Content-Length: 2',
    )
    const received = await get(`${odd}ok`)
    expect(received).toContain('"server_error"')
    expect(received).not.toMatch(/^(content-encoding|etag):/im)
  })

  test('that is followed by another one is one answer', async () => {
    const hidden = `${answer(ok, 'Content-Length: 6')}hidden`
    const received = await get(`${answer(ok, 'Content-Length: 2')}ok${hidden}`)
    expect(statuses(received)).toEqual([200])
    expect(received).not.toContain('hidden')
  })

  test('leaves behind what is for this hop alone', async () => {
    const received = await get(
      `${answer(
        ok,
        'Connection: keep-alive, ETag ,content-LANGUAGE',
        'Connection: Vary',
        'ETag: "a"',
        'Content-Language: de',
        'Expires: 0',
        'Vary: Accept',
        'Keep-Alive: timeout=99',
        'Proxy-Authenticate: Basic',
        'Upgrade: h2c',
        'Trailer: Retry-After',
        chunked,
      )}2;a=b\r\nok\r\n0\r\nRetry-After: 1\r\nSet-Cookie: a=b\r\n\r\n`,
    )
    const [start = '', body] = received.split(/\r\n\r\n(.*)/s)
    expect(start).toMatch(/^expires: 0$/m)
    expect(start).not.toMatch(
      /^(etag|content-language|keep-alive|proxy-authenticate|upgrade|trailer):/im,
    )
    expect(start).toMatch(/^vary: Origin$/m)
    expect(body).toBe('2\r\nok\r\n0\r\n\r\n')
  })

  test('comes after hints that are not passed on', async () => {
    const hint = answer('HTTP/1.1 103 Early Hints', 'Link: </x>; rel=preload')
    expect(statuses(await get(`${hint}${answer(ok, 'Content-Length: 2')}ok`))).toEqual([200])
  })

  test.each([
    ['HEAD', 'HTTP/1.1 200 OK', 200],
    ['GET', 'HTTP/1.1 304 Not Modified', 304],
  ])('to %s may have the length of what it leaves out: %s', async (method, line, status) => {
    const received = await get(answer(line, 'ETag: "1"', 'Content-Length: 200'), method)
    expect(statuses(received)).toEqual([status])
    expect(received).toMatch(/^etag: "1"$/m)
    expect(received).toMatch(/^content-length: 200$/m)
    expect(received).toMatch(/\r\n\r\n$/)
  })
})

/** Of all answers that came back. */
function statuses(received: string): number[] {
  return [...received.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status))
}
