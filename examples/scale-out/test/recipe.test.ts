// What nginx.conf and roambi-proxy.conf promise, with the real nginx. In place of the proxies: a
// server that tells what it received, or none at all.

import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { get, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startNginx } from '../nginx-program.ts'
import { freePorts } from '../ports.ts'
import { startServer } from './echo.ts'
import { exchange } from './exchange.ts'

async function start(proxyPorts: readonly number[]) {
  const [port = 0] = await freePorts(1)
  const nginx = await startNginx({
    port,
    proxyPorts,
    putPages: async (folder) => void (await mkdir(folder)),
  })
  onTestFinished(nginx.close)
  return { nginx, url: `http://127.0.0.1:${port}` }
}

/** In front of three proxies that answer with the headers they got. */
async function startInFrontOfEcho() {
  const received: { url: string; headers: IncomingHttpHeaders }[] = []
  const proxy = await startServer((request, response) => {
    received.push({ url: request.url ?? '', headers: request.headers })
    request.resume().on('end', () => response.end('{}'))
  })
  return { ...(await start([proxy, proxy, proxy])), received }
}

test('nginx takes the files as they stand', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'roambi-auth-recipe-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const config = join(import.meta.dirname, '../nginx.conf')
  const args = ['-t', '-c', config, '-e', 'stderr', '-p', folder]
  const { stderr, status } = spawnSync('nginx', args, { encoding: 'utf8' })
  expect(stderr).not.toMatch(/\[(warn|emerg)\]/)
  expect(status).toBe(0)
})

describe('the proxy gets', () => {
  test("the client's address, whatever the client says of itself", async () => {
    const { url, received } = await startInFrontOfEcho()
    await fetch(`${url}/1/user/resources`, { headers: { 'x-forwarded-for': '203.0.113.7' } })
    expect(received.at(-1)?.headers['x-forwarded-for']).toBe('127.0.0.1')
  })

  test('the cookies of five sign-ins, 12 KB of them', async () => {
    const { url, received } = await startInFrontOfEcho()
    const cookie = Array.from({ length: 5 }, (_, n) => `roambi-login-${n}=${'c'.repeat(2400)}`)
    const answer = await fetch(`${url}/1/callback`, { headers: { cookie: cookie.join('; ') } })
    expect(answer.status).toBe(200)
    expect(received.at(-1)?.headers.cookie).toBe(cookie.join('; '))
  })

  test('the path and the query as they came', async () => {
    const { url, received } = await startInFrontOfEcho()
    await fetch(`${url}/1/accounts/a%20b/users?offset=1&limit=%2B`)
    expect(received.at(-1)?.url).toBe('/1/accounts/a%20b/users?offset=1&limit=%2B')
  })

  test('nothing but what lies under /1/, and the metadata', async () => {
    const { url, received } = await startInFrontOfEcho()
    expect((await fetch(`${url}/.well-known/oauth-authorization-server`)).status).toBe(200)
    const before = received.length
    for (const path of ['/healthz', '/readyz', '/metrics', '/.well-known/x', '/nginx.conf']) {
      expect([path, (await fetch(url + path)).status]).toEqual([path, 404])
    }
    expect(received).toHaveLength(before)
  })
})

test('a cookie and a sealed code of the largest size reach the browser', async () => {
  const proxy = await startServer((_request, response) => {
    response.setHeader('set-cookie', `roambi-login-0=${'c'.repeat(2400)}`)
    response.writeHead(303, { location: `/callback.html?code=${'c'.repeat(8192)}` }).end()
  })
  const { url } = await start([proxy, proxy, proxy])
  const answer = await fetch(`${url}/1/callback?code=1`, { redirect: 'manual' })
  expect(answer.status).toBe(303)
  expect(answer.headers.get('location')?.length).toBeGreaterThan(8192)
})

test('20 MB go through both ways at once, and nothing waits for the end of the other', {
  timeout: 30_000,
}, async () => {
  const proxy = await startServer((request, response) => void request.pipe(response))
  const { url } = await start([proxy, proxy, proxy])
  expect(await exchange(`${url}/1/jobs`, 20)).toBe(true)
})

test('who reads slowly holds the proxy back: nothing is kept by nginx', async () => {
  const total = 64 << 20
  let taken = 0
  const proxy = await startServer(async (request, response) => {
    if (request.url !== '/1/large') return void response.end('{}')
    const chunks = (function* () {
      for (; taken < total; taken += 65_536) yield Buffer.alloc(65_536)
    })()
    await pipeline(chunks, response).catch(() => {})
  })
  const { url } = await start([proxy, proxy, proxy])
  const slow = get(`${url}/1/large`)
  await once(slow, 'response')
  // Meanwhile others are served, and nginx had the time to take it all.
  for (let n = 0; n < 100; n += 1) await (await fetch(`${url}/1/small`)).text()
  expect(taken).toBeLessThan(total / 2)
  slow.destroy()
})

describe('when no proxy runs', () => {
  test.each(['/1/token', '/1/user/resources', '/.well-known/oauth-authorization-server'])(
    'nginx answers for %s in the form of RFC 6749, without CORS since it is one origin',
    async (path) => {
      const { url } = await start(await freePorts(3))
      const method = path === '/1/token' ? 'POST' : 'GET'
      const answer = await fetch(url + path, { method })
      expect(answer.status).toBe(503)
      expect(await answer.json()).toEqual({
        error: 'temporarily_unavailable',
        error_description: expect.any(String),
      })
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': 'application/json',
        'cache-control': 'no-store',
        'retry-after': '5',
      })
    },
  )

  test.each(['/1/authorize', '/1/callback'])('a person gets a page at %s', async (path) => {
    const { url } = await start(await freePorts(3))
    const answer = await fetch(`${url}${path}?code=a-code-that-nobody-has-spent`)
    expect(answer.status).toBe(503)
    expect(answer.headers.get('content-type')).toBe('text/html')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    expect(await answer.text()).toContain("The sign-in can't go on")
  })

  test('no log has the query, nor a token from anywhere', async () => {
    const { nginx, url } = await start(await freePorts(3))
    const secret = randomBytes(24).toString('hex')
    await fetch(`${url}/1/callback?code=${secret}`, { headers: { referer: `${url}/?${secret}` } })
    await fetch(`${url}/1/user/resources?a=${secret}`, {
      headers: { authorization: `Bearer ${secret}`, cookie: `a=${secret}` },
    })
    await fetch(`${url}/1/token?code=${secret}`, { method: 'POST', body: `code=${secret}` })
    await fetch(`${url}/callback.html?code=${secret}`)
    await expect.poll(nginx.log).toContain('/callback.html')
    const log = await nginx.log()
    for (const path of ['/1/callback', '/1/user/resources', '/1/token']) expect(log).toContain(path)
    expect(log).not.toContain(secret)
  })
})

describe('when one proxy died', () => {
  test('a token request that it did not get goes to another one', async () => {
    const bodies: string[] = []
    const alive = await startServer(async (request, response) => {
      bodies.push(await textOf(request))
      response.end('{}')
    })
    const [dead = 0] = await freePorts(1)
    const { url } = await start([dead, alive, dead])
    for (const form of ['a=1', 'a=2', 'a=3', 'a=4']) {
      expect((await fetch(`${url}/1/token`, { method: 'POST', body: form })).status).toBe(200)
    }
    expect(bodies).toEqual(['a=1', 'a=2', 'a=3', 'a=4'])
  })

  test('a token request that it may have got goes to no other', async () => {
    let asked = 0
    const dying = await startServer((request) => {
      asked += 1
      request.resume().on('end', () => request.socket.destroy())
    })
    const { url } = await start([dying, dying, dying])
    const answer = await fetch(`${url}/1/token`, { method: 'POST', body: 'a=1' })
    expect(answer.status).toBe(503)
    expect(asked).toBe(1)
  })

  test('a callback goes to another one', async () => {
    let asked = 0
    const dying = await startServer((request, response) => {
      asked += 1
      if (asked === 1) request.socket.destroy()
      else response.end('{}')
    })
    const { url } = await start([dying, dying, dying])
    expect((await fetch(`${url}/1/callback?code=1`)).status).toBe(200)
    expect(asked).toBe(2)
  })
})

test('a form of more than 16 KB is refused in the form of RFC 6749', async () => {
  const { url, received } = await startInFrontOfEcho()
  const answer = await fetch(`${url}/1/token`, { method: 'POST', body: 'a'.repeat(17_000) })
  expect(answer.status).toBe(413)
  expect(await answer.json()).toMatchObject({ error: 'invalid_request' })
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(received).toEqual([])
})

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
