// The program as it is stopped by whoever runs it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { rawRequest } from './raw-request.ts'
import {
  appOrigin,
  bearer,
  client,
  codeForm,
  freePort,
  publicUrl,
  redirectUri,
  startProxy,
  startUpstream,
} from './stage.ts'

function startProgram(port: number, variables: Record<string, string>) {
  const environment = {
    PATH: process.env.PATH,
    ROAMBI_CLIENT_ID: client.clientId,
    ROAMBI_CLIENT_SECRET: client.clientSecret,
    PROXY_PUBLIC_URL: publicUrl,
    PROXY_MODE: 'direct',
    PROXY_REDIRECT_URIS: redirectUri,
    PROXY_ALLOWED_ORIGINS: appOrigin,
    PORT: String(port),
    ...variables,
  }
  const program: ChildProcess = spawn(
    process.execPath,
    ['--conditions=@roambi-auth/source', '--import=tsx', 'src/main.ts'],
    { cwd: new URL('..', import.meta.url), env: environment },
  )
  onTestFinished(() => void program.kill('SIGKILL'))
  let output = ''
  program.stdout?.on('data', (chunk) => {
    output += chunk
  })
  const exit = once(program, 'close').then(([code]) => code as number | null)
  return { program, exit, url: `http://127.0.0.1:${port}`, log: () => output }
}

/** On a connection that is kept, as a balancer does; gives the answer's head. */
async function ask(agent: Agent, url: string, init: object, body?: string) {
  const [answer] = (await once(request(url, { ...init, agent }).end(body), 'response')) as [
    IncomingMessage,
  ]
  return answer
}

test('at SIGTERM it answers what is under way, takes nothing new, and ends well', {
  timeout: 60_000,
}, async () => {
  const waiting = new Map<string, ServerResponse>()
  const upstream = await startUpstream(({ url = '' }, response) => {
    waiting.set(url, response)
    if (url === '/1/download') response.write('the first half, ')
  })
  const metricsPort = await freePort()
  const { program, exit, url, log } = startProgram(await freePort(), {
    ROAMBI_API_URL: upstream.apiUrl,
    METRICS_PORT: String(metricsPort),
  })
  await expect.poll(log, { timeout: 20_000 }).toContain('Server listening')
  const metrics = () => fetch(`http://127.0.0.1:${metricsPort}/metrics`)
  expect((await metrics()).status).toBe(200)

  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => agent.destroy())
  const tokens = ask(
    agent,
    `${url}/1/token`,
    { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    new URLSearchParams(codeForm('c')).toString(),
  )
  const download = await ask(agent, `${url}/1/download`, { headers: bearer })
  const pending = ask(agent, `${url}/1/pending`, { headers: bearer })
  await expect.poll(() => waiting.size).toBe(3)
  const idle = await ask(agent, `${url}/healthz`, {})
  const idleClosed = once(idle.socket, 'close')
  expect(await text(idle)).toBe('{"status":"ok"}')

  program.kill('SIGTERM')
  const knock = () =>
    rawRequest(url, { path: '/healthz', headers: {} }).then(
      () => 'let in',
      () => 'refused',
    )
  await expect.poll(knock).toBe('refused')
  await idleClosed

  waiting.get('/1/download')?.end('the second half')
  expect(await text(download)).toBe('the first half, the second half')
  waiting.get('/1/pending')?.end('{}')
  expect((await pending).headers.connection).toBe('close')
  waiting.get('/1/token')?.end('{"access_token":"a-token-of-Roambi"}')
  const answer = await tokens
  expect(answer.statusCode).toBe(200)
  expect(answer.headers.connection).toBe('close')
  expect(JSON.parse(await text(answer))).toMatchObject({ access_token: 'a-token-of-Roambi' })
  ;(await pending).resume()

  expect(await exit).toBe(0)
  await expect(metrics()).rejects.toThrow()
  expect(log()).not.toContain('a-token-of-Roambi')
})

test('who still gets through is told that it drains', async () => {
  let finish = () => {}
  const upstream = await startUpstream((_request, response) => {
    finish = () => response.end('{}')
  })
  const proxy = await startProxy({ apiUrl: upstream.apiUrl })
  const { hostname, port } = new URL(proxy.url)
  const socket = connect(Number(port), hostname)
  const received = text(socket)
  const { authorization } = bearer
  socket.write(`GET /1/user HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n\r\n`)
  await expect.poll(upstream.requests).toBe(1)
  const closed = proxy.close()
  await expect(fetch(proxy.url)).rejects.toThrow()
  socket.write('GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n')
  // Unlike the former, it shows in the log.
  socket.write('GET /elsewhere HTTP/1.1\r\nHost: x\r\n\r\n')
  await expect.poll(proxy.log).toContain('/elsewhere')
  finish()
  await closed
  expect(await received).toMatch(/^HTTP\/1.1 200 .* 503 .*"reasons":\["draining"\]/s)
})

test('a connection on which nothing comes does not hold it up', async () => {
  const proxy = await startProxy({})
  const { hostname, port } = new URL(proxy.url)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  // By then that connection is accepted too.
  expect((await fetch(`${proxy.url}/healthz`)).status).toBe(200)
  await proxy.close()
})

test("it ends when it can't listen, whatever else it has opened by then", {
  timeout: 30_000,
}, async () => {
  const taken = await startUpstream(() => {})
  const nobody = await freePort()
  const { exit, log } = startProgram(Number(new URL(taken.apiUrl).port), {
    REDIS_URL: `redis://127.0.0.1:${nobody}`,
    METRICS_PORT: String(await freePort()),
  })
  expect(await exit).toBe(1)
  expect(log()).toContain('metrics are served')
})
