import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { roambiProxy } from '../src/index.ts'
import { logSerializers } from '../src/operations/log.ts'
import { codeVerifier, openApp } from './app.ts'
import { sendBytes } from './raw-request.ts'
import {
  answerOf,
  appOrigin,
  client,
  codeForm,
  plain,
  refreshForm,
  settings,
  startPlainStage,
  startStage,
  startUpstream,
} from './stage.ts'

/** Requests of every kind with something to hide in each place; gives all that was hidden. */
async function sendEverything(url: string, issueCode: () => string): Promise<string[]> {
  const hidden = [client.clientSecret]
  const hide = (value = `hidden-${hidden.length}-value`.padEnd(43, '-')) => {
    hidden.push(value)
    return value
  }
  const post = (form: Record<string, string>, headers = {}, path = '/1/token') =>
    fetch(url + path, { method: 'POST', headers, body: new URLSearchParams(form) })
  const login = () => ({ ...codeForm(hide(issueCode())), code_verifier: hide() })

  const { body: tokens } = await answerOf(await post(login()))
  const accessToken = hide(String(tokens.access_token))
  const refreshToken = hide(String(tokens.refresh_token))
  await post(refreshForm(refreshToken))
  await post(refreshForm(hide()))
  await post(codeForm(hide()))
  await post({ ...login(), client_secret: hide() })
  await post({ ...login(), password: hide(), client_id: hide() })
  await post({ ...login(), grant_type: hide() })
  await post({ ...login(), redirect_uri: `https://evil.example/?code=${hide()}` })
  await post(login(), { authorization: `Basic ${hide()}` })
  await post(login(), { 'content-type': hide() })
  await post(login(), { 'content-type': `application/json; ${hide()}` })
  await post(login(), { origin: hide() })
  await post(login(), { origin: `https://evil.example/${hide()}` })
  await post(login(), {
    cookie: hide(),
    referer: hide(),
    'user-agent': hide(),
    'x-request-id': hide(),
  })
  await post(codeForm(hide('long-code-'.repeat(4000))))

  for (const path of ['/1/token', '/1/callback', '/1/authorize', '/1/user', '/1/a%2fb', '/']) {
    await fetch(`${url}${path}?code=${hide()}&state=${hide()}`)
    await fetch(`${url}${path}?code=${hide()}`, { headers: { authorization: `Bearer ${hide()}` } })
  }
  const headers = { authorization: `Bearer ${accessToken}` }
  await fetch(`${url}/1/user/resources?access_token=${hide()}`, { headers })
  await post({ refresh_token: hide() }, headers, '/1/contents')
  await fetch(`${url}/1/%ff?code=${hide()}`)
  await sendBytes(url, `GET /1/token#${hide()} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
  await sendBytes(
    url,
    `GET /1/token;code=${hide()} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
  )
  return hidden
}

function expectHidden(log: string, hidden: string[]) {
  expect(hidden.length).toBeGreaterThan(50)
  expect(hidden.filter((value) => log.includes(value))).toEqual([])
  // Bytes are logged as numbers.
  expect(log).not.toContain('rawPacket')
}

test('the log of the program holds no secret, code, token or verifier', async () => {
  const { proxy, sandbox } = await startPlainStage({ timeouts: { token: 300 } })
  const hidden = await sendEverything(proxy.url, () => sandbox.issueCode())
  await sendBytes(proxy.url, 'GET /1/token?code=hidden-raw HTTP/9.9\r\n\r\n')
  await sendBytes(
    proxy.url,
    'PROPFIND /1/token?hidden-raw HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  )

  for (const fault of ['internal_server_error', 'html', 'hang', 'reset', 503] as const) {
    sandbox.failNext(fault)
    await proxy.post(codeForm(sandbox.issueCode()))
  }
  const log = proxy.log()
  expectHidden(log, [...hidden, 'hidden-raw'])
  expect(log).toContain('"path":"/1/token"')
  expect(log).toContain(`"origin":"${appOrigin}"`)
})

test('so does the log of a server that has the plugin and a log of its own', async () => {
  const { sandbox } = await startPlainStage()
  const lines: string[] = []
  const app = Fastify({ logger: { level: 'trace', stream: { write: (line) => lines.push(line) } } })
  onTestFinished(() => app.close())
  app.register(roambiProxy, { ...settings, ...plain, apiUrl: sandbox.apiUrl })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const hidden = await sendEverything(app.listeningOrigin, () => sandbox.issueCode())
  const log = lines.filter((line) => line.includes('/1/')).join('')
  expect(log).toContain('"path":"/1/token"')
  expectHidden(log, hidden)
})

test('neither does that of a sign-in with all that belongs to it', async () => {
  const { proxy, sandbox } = await startStage()
  const app = await openApp(proxy, sandbox)
  const callback = await app.comeBack()
  const cookies = [...app.cookies].flat()
  await app.visit(callback.replace(/code=\w+/, 'code=not-a-code'))
  const { code = '' } = await app.signIn()
  const { body } = await app.redeem(code)
  await app.refresh(String(body.refresh_token))
  await app.redeem(code)
  await app.refresh(`${body.refresh_token}x`)

  const sent = sandbox.tokenRequests.flatMap(({ parameters: { code, refresh_token } }) => [
    code,
    refresh_token,
  ])
  const hidden = [codeVerifier, ...cookies, code, body.access_token, body.refresh_token, ...sent]
  hidden.push(...new URLSearchParams(callback.split('?')[1]).values())
  const texts = hidden.filter((value) => typeof value === 'string')
  expect(texts.length).toBeGreaterThan(10)
  expect(texts.filter((value) => proxy.log().includes(value))).toEqual([])
  expect(proxy.log()).not.toMatch(/eyJ(hbGci|0eXAi)|set-cookie/i)
  expect(proxy.log()).toContain('"path":"/1/callback"')
})

test("what the upstream sends is not logged, even when it can't be read", async () => {
  const upstream = await startUpstream(({ url, socket }) => {
    socket.end(
      url === '/1/token' ? 'access_token=leak-1\r\n\r\n' : 'HTTP/1.1 200 leak-2\r\nleak-3\r\n\r\n',
    )
  })
  const { proxy } = await startPlainStage({ apiUrl: upstream.apiUrl })
  await proxy.post(codeForm('c'))
  await fetch(`${proxy.url}/1/user`, { headers: { authorization: 'Bearer a' } })
  expect(proxy.log()).toContain('HTTPParserError')
  expect(proxy.log()).not.toContain('leak')
})

test('nor do an id of a request that nobody trusts, a refusal, and the metrics', async () => {
  const { proxy, sandbox } = await startPlainStage({ rateLimit: 3, metricsPort: 0 })
  const code = sandbox.issueCode()
  const id = 'a-refresh-token-that-came-as-the-id-of-a-request'
  for (let time = 0; time < 4; time += 1) {
    await proxy.post(codeForm(code), { 'x-request-id': id, 'x-forwarded-for': id })
  }
  await fetch(`${proxy.url}/readyz?code=${code}`, { headers: { 'x-request-id': id } })
  const log = proxy.log()
  expect(log).toContain('No more requests are allowed for now.')
  expect([code, id, client.clientSecret].filter((value) => log.includes(value))).toEqual([])
  expect(log).not.toMatch(/"reqId".*127\.0\.0\.1/)
  const [, port] = /"port":(\d+),"msg":"metrics are served"/.exec(log) ?? []
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  expect(metrics).toContain('{reason="rate_limit"} 1')
  expect([code, id, client.clientSecret].filter((value) => metrics.includes(value))).toEqual([])
})

test('an Origin that is beyond ASCII is left out, however many came before it', () => {
  const log = (origin: string) =>
    logSerializers.req({ method: 'GET', url: '/1/token', headers: { origin } }).origin
  // What is called often is compiled, and then reads such bytes otherwise on Node 20.
  for (let count = 0; count < 300_000; count++) log(appOrigin)
  expect(log(appOrigin)).toBe(appOrigin)
  expect(log('https://\u00e2\u0080\u00a2')).toBeUndefined()
})
