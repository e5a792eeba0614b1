import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openApp } from './app.ts'
import { sendBytes } from './raw-request.ts'
import {
  appOrigin,
  bearer,
  codeForm,
  plain,
  type StagedProxy,
  startProxy,
  startUpstream,
} from './stage.ts'

/** A proxy that serves two at once, and an upstream that answers when it is told to. */
async function startBusy(changes: object = {}) {
  const waiting: { path: string; response: ServerResponse }[] = []
  const upstream = await startUpstream(({ url = '' }, response) => {
    waiting.push({ path: url, response })
  })
  const proxy = await startProxy({
    ...plain,
    apiUrl: upstream.apiUrl,
    maxConcurrent: 2,
    ...changes,
  })
  return {
    proxy,
    waiting,
    answerAll: () => {
      for (const { response } of waiting.splice(0)) response.end('{"access_token":"a"}')
    },
  }
}

const callApi = (proxy: StagedProxy) =>
  fetch(`${proxy.url}/1/user`, { headers: { ...bearer, origin: appOrigin } })

describe('when as much is under way as can be served', () => {
  test('a token request is refused at once, for the app to read', async () => {
    const { proxy, waiting, answerAll } = await startBusy()
    const served = [proxy.post(codeForm('c')), proxy.post(codeForm('d'))]
    await expect.poll(() => waiting.length).toBe(2)

    const { status, headers, body } = await proxy.post(codeForm('e'))
    expect(status).toBe(503)
    expect(body).toEqual({
      error: 'temporarily_unavailable',
      error_description: 'The proxy takes no more requests for now.',
    })
    expect(headers.get('retry-after')).toBe('5')
    expect(headers.get('access-control-allow-origin')).toBe(appOrigin)
    expect(headers.get('cache-control')).toBe('no-store')

    answerAll()
    expect(await Promise.all(served)).toMatchObject([{ status: 200 }, { status: 200 }])
    const next = proxy.post(codeForm('f'))
    await expect.poll(() => waiting.length).toBe(1)
    answerAll()
    expect(await next).toMatchObject({ status: 200 })
  })

  test('it is refused before its body is there', async () => {
    const { proxy, waiting } = await startBusy({ maxConcurrent: 1 })
    proxy.post(codeForm('c')).catch(() => {})
    await expect.poll(() => waiting.length).toBe(1)
    const head = 'POST /1/token HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 9\r\n'
    const type = 'Content-Type: application/x-www-form-urlencoded\r\n\r\n'
    expect(await sendBytes(proxy.url, head + type)).toMatch(/^HTTP\/1.1 503 /)
  })

  test('what is forwarded is counted apart: a slow API keeps nobody from signing in', async () => {
    const { proxy, waiting, answerAll } = await startBusy()
    const calls = [callApi(proxy), callApi(proxy)]
    await expect.poll(() => waiting.length).toBe(2)
    const refused = await callApi(proxy)
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('5')
    expect(refused.headers.get('access-control-allow-origin')).toBe(appOrigin)

    const tokens = proxy.post(codeForm('c'))
    await expect.poll(() => waiting.length).toBe(3)
    answerAll()
    expect(await tokens).toMatchObject({ status: 200 })
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([200, 200])
  })

  test('the window in a browser gets a page', async () => {
    const busy = { mode: 'pkce', maxConcurrent: 1, rateLimit: 9 }
    const { proxy, waiting, answerAll } = await startBusy(busy)
    const app = await openApp(proxy, { issueCode: () => 'c' })
    app.visit(await app.comeBack()).catch(() => {})
    await expect.poll(() => waiting.length).toBe(1)
    const page = await fetch(`${proxy.url}/1/authorize`)
    expect(page.headers.get('content-type')).toMatch(/^text\/html/)
    expect(page.headers.get('retry-after')).toBe('5')
    expect(page.status).toBe(503)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    answerAll()
  })

  test('health, readiness and preflights are answered', async () => {
    const { proxy, waiting } = await startBusy({ maxConcurrent: 1 })
    proxy.post(codeForm('c')).catch(() => {})
    await expect.poll(() => waiting.length).toBe(1)
    expect((await fetch(`${proxy.url}/healthz`)).status).toBe(200)
    expect((await fetch(`${proxy.url}/readyz`)).status).toBe(200)
    const headers = { origin: appOrigin, 'access-control-request-method': 'POST' }
    expect((await fetch(`${proxy.url}/1/token`, { method: 'OPTIONS', headers })).status).toBe(204)
  })
})

test.each(['token', 'revoke'])('a form for %s that never ends takes no place', async (path) => {
  const { proxy, waiting, answerAll } = await startBusy({
    maxConcurrent: 1,
    // Nothing listens there: it serves /1/revoke all the same.
    redisUrl: path === 'revoke' ? 'redis://127.0.0.1:1' : undefined,
  })
  const { hostname, port } = new URL(proxy.url)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  const type = 'Content-Type: application/x-www-form-urlencoded'
  socket.write(`POST /1/${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n${type}\r\n\r\n`)
  await expect.poll(proxy.log).toContain(`"path":"/1/${path}"`)
  const tokens = proxy.post(codeForm('c'))
  await expect.poll(() => waiting.length).toBe(1)
  answerAll()
  expect(await tokens).toMatchObject({ status: 200 })
})

test('what goes on for those who have hung up is bounded too, and Roambi is not asked', async () => {
  const { proxy, waiting, answerAll } = await startBusy()
  for (const code of ['c', 'd']) {
    const hangup = new AbortController()
    const body = new URLSearchParams(codeForm(code))
    fetch(`${proxy.url}/1/token`, { method: 'POST', body, signal: hangup.signal }).catch(() => {})
    await expect.poll(() => waiting.length).toBe(code === 'c' ? 1 : 2)
    hangup.abort()
  }
  const { status, body } = await proxy.post(codeForm('e'))
  expect(status).toBe(503)
  expect(body).toMatchObject({ error: 'temporarily_unavailable' })
  expect(waiting).toHaveLength(2)

  const answering = setInterval(answerAll, 20)
  onTestFinished(() => clearInterval(answering))
  await expect.poll(async () => (await proxy.post(codeForm('f'))).status).toBe(200)
})

test('who hangs up makes room', async () => {
  const { proxy, waiting } = await startBusy()
  const { hostname, port } = new URL(proxy.url)
  const { authorization } = bearer
  for (let round = 1; round <= 3; round += 1) {
    const sockets = await Promise.all(
      [1, 2].map(async () => {
        const socket = connect(Number(port), hostname)
        await once(socket, 'connect')
        socket.write(`GET /1/user HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n\r\n`)
        return socket
      }),
    )
    await expect.poll(() => waiting.length).toBe(2 * round)
    expect((await callApi(proxy)).status).toBe(503)
    for (const socket of sockets) socket.destroy()
    await expect.poll(() => waiting.every(({ response }) => response.destroyed)).toBe(true)
  }
})

test.each([
  ['sends', 'POST', 'Content-Length: 9\r\n'],
  ['reads', 'GET', ''],
])('an app that no longer %s loses its place', { timeout: 20_000 }, async (_, method, header) => {
  const upstream = await startUpstream((request, response) => {
    if (request.url === '/1/user') response.end('fine')
    else if (method === 'GET') response.end(Buffer.alloc(50_000_000))
  })
  const timeouts = { connect: 500, api: 500 }
  const proxy = await startProxy({ apiUrl: upstream.apiUrl, maxConcurrent: 1, timeouts })
  const { hostname, port } = new URL(proxy.url)
  const socket = connect(Number(port), hostname).pause()
  onTestFinished(() => void socket.destroy())
  const authorization = `Authorization: ${bearer.authorization}\r\n`
  socket.write(`${method} /1/big HTTP/1.1\r\nHost: x\r\n${authorization}${header}\r\n`)
  const status = async () => (await callApi(proxy)).status
  await expect.poll(status).toBe(503)
  await expect.poll(status, { timeout: 15_000 }).toBe(200)
})

describe('when the event loop is late', () => {
  /** Keeps the loop busy until it is told to stop, in pieces, so that requests are served between. */
  function strain(): () => void {
    let timer: NodeJS.Timeout
    const block = () => {
      const until = Date.now() + 100
      while (Date.now() < until);
      timer = setTimeout(block, 0)
    }
    block()
    const stop = () => clearTimeout(timer)
    onTestFinished(stop)
    return stop
  }

  test('requests are refused for the app to read, until it is on time again', {
    timeout: 30_000,
  }, async () => {
    const { proxy, answerAll } = await startBusy({ maxEventLoopDelay: 30 })
    const stop = strain()
    const ask = async () => {
      const answer = await fetch(`${proxy.url}/1/token`, { headers: { origin: appOrigin } })
      return { status: answer.status, headers: answer.headers }
    }
    await expect.poll(async () => (await ask()).status, { timeout: 10_000 }).toBe(503)
    const { headers } = await ask()
    expect(headers.get('retry-after')).toBe('5')
    expect(headers.get('access-control-allow-origin')).toBe(appOrigin)
    expect((await callApi(proxy)).status).toBe(503)
    expect((await fetch(`${proxy.url}/healthz`)).status).toBe(200)
    expect((await fetch(`${proxy.url}/readyz`)).status).toBe(200)
    stop()
    await expect.poll(async () => (await ask()).status, { timeout: 10_000 }).toBe(405)
    answerAll()
  })

  test('with 0 they are not', async () => {
    const { proxy } = await startBusy({ maxEventLoopDelay: 0 })
    const stop = strain()
    const begin = Date.now()
    const statuses = new Set<number>()
    while (Date.now() < begin + 2_500) {
      statuses.add((await fetch(`${proxy.url}/1/token`)).status)
    }
    stop()
    expect(statuses).toEqual(new Set([405]))
  })
})
