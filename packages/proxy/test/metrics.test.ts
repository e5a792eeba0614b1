import { readFileSync } from 'node:fs'
import Fastify from 'fastify'
import { Registry } from 'prom-client'
import { describe, expect, onTestFinished, test } from 'vitest'
import { roambiProxy } from '../src/index.ts'
import { codeVerifier, startApp } from './app.ts'
import { hostileRequests } from './metrics-hostile.ts'
import {
  appOrigin,
  bearer,
  client,
  codeForm,
  freePort,
  plain,
  refreshForm,
  type StagedProxy,
  settings,
  startPlainStage,
  startProxy,
  startUpstream,
} from './stage.ts'

/** Where the program says that it serves them. */
function metricsUrl(proxy: StagedProxy): string {
  const [, port] = /"port":(\d+),"msg":"metrics are served"/.exec(proxy.log()) ?? []
  return `http://127.0.0.1:${port}/metrics`
}

const read = async (proxy: StagedProxy) => (await fetch(metricsUrl(proxy))).text()

/** The lines of one metric, without its name. */
function linesOf(text: string, name: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`roambi_proxy_${name}`))
    .map((line) => line.slice(`roambi_proxy_${name}`.length))
    .sort()
}

/** As Prometheus does: some time after. An answer is there before its connection tells the end. */
const countsOf = (proxy: StagedProxy, name: string) =>
  expect.poll(async () => linesOf(await read(proxy), name))

const ofClient = `client="${client.clientId}"`

describe('requests are counted', () => {
  test('by endpoint, client and outcome', async () => {
    const { proxy, sandbox } = await startPlainStage({ metricsPort: 0 })
    const { body } = await proxy.post(codeForm(sandbox.issueCode()))
    await proxy.post(refreshForm(String(body.refresh_token)))
    await proxy.post(codeForm('not-a-code'))
    await proxy.post({ ...codeForm('c'), client_id: 'another' })
    await proxy.post(codeForm('c'), { origin: 'https://evil.example' })
    await fetch(`${proxy.url}/1/token`)
    await fetch(`${proxy.url}/1/user/resources`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    })
    await fetch(`${proxy.url}/1/user/resources`, { headers: bearer })
    await fetch(`${proxy.url}/1/user/resources`)
    await fetch(`${proxy.url}/.well-known/oauth-authorization-server`)
    const preflight = { origin: appOrigin, 'access-control-request-method': 'POST' }
    await fetch(`${proxy.url}/1/token`, { method: 'OPTIONS', headers: preflight })
    await fetch(`${proxy.url}/1/token/x`)
    await fetch(`${proxy.url}/healthz`)

    await countsOf(proxy, 'requests_total').toEqual([
      '{endpoint="api",client="unknown",outcome="http_4xx"} 1',
      '{endpoint="api",client="unknown",outcome="invalid_request"} 1',
      '{endpoint="api",client="unknown",outcome="ok"} 1',
      '{endpoint="metadata",client="unknown",outcome="ok"} 1',
      '{endpoint="other",client="unknown",outcome="invalid_request"} 1',
      '{endpoint="preflight",client="unknown",outcome="ok"} 1',
      `{endpoint="token",${ofClient},outcome="invalid_grant"} 1`,
      `{endpoint="token",${ofClient},outcome="ok"} 2`,
      '{endpoint="token",client="unknown",outcome="invalid_client"} 1',
      '{endpoint="token",client="unknown",outcome="invalid_request"} 2',
    ])
    await countsOf(proxy, 'refused_total').toEqual([
      '{reason="foreign_origin"} 1',
      '{reason="invalid_client"} 1',
      '{reason="method"} 1',
      '{reason="no_access_token"} 1',
      '{reason="unknown_address"} 1',
      '{reason="upstream_invalid_grant"} 1',
    ])
  })

  test('sign-ins too, which answer with redirects', async () => {
    const { app, proxy } = await startApp({ metricsPort: 0 })
    const { code = '' } = await app.signIn()
    await app.redeem(code)
    await app.redeem(code)
    await app.authorize({ code_challenge: undefined })
    await app.authorize({ client_id: 'another' })
    const callback = await app.comeBack()
    const state = new URLSearchParams(callback.split('?')[1]).get('state')
    await app.visit(`/1/callback?state=${state}&error=access_denied`)
    await app.visit(callback)

    await countsOf(proxy, 'requests_total{endpoint="authorize"').toEqual(
      [
        `,${ofClient},outcome="invalid_request"} 1`,
        `,${ofClient},outcome="ok"} 2`,
        ',client="unknown",outcome="invalid_client"} 1',
      ].sort(),
    )
    await countsOf(proxy, 'requests_total{endpoint="callback"').toEqual(
      [
        `,${ofClient},outcome="access_denied"} 1`,
        `,${ofClient},outcome="ok"} 1`,
        ',client="unknown",outcome="invalid_request"} 1',
      ].sort(),
    )
    await countsOf(proxy, 'refused_total{reason="unknown_sign_in"}').toEqual([' 1'])
  })

  test('also when the app hangs up, and when all is over nothing is in flight', async () => {
    const upstream = await startUpstream(() => {})
    const proxy = await startProxy({ ...plain, apiUrl: upstream.apiUrl, metricsPort: 0 })
    const controller = new AbortController()
    const init = { headers: bearer, signal: controller.signal }
    const call = fetch(`${proxy.url}/1/user`, init).catch(() => {})
    await expect.poll(upstream.requests).toBe(1)
    await countsOf(proxy, 'requests_in_flight').toEqual(['{endpoint="api"} 1'])
    controller.abort()
    await call
    await countsOf(proxy, 'requests_total').toEqual([
      '{endpoint="api",client="unknown",outcome="aborted"} 1',
    ])
    await countsOf(proxy, 'requests_in_flight').toEqual(['{endpoint="api"} 0'])
  })
})

describe('the upstream is measured', () => {
  test('for token requests, each attempt with what it came to', async () => {
    const { proxy, sandbox } = await startPlainStage({ metricsPort: 0 })
    for (const fault of ['internal_server_error', 'html', 'reset', 429] as const) {
      sandbox.failNext(fault)
      await proxy.post(codeForm(sandbox.issueCode()))
    }
    await countsOf(proxy, 'upstream_seconds_count').toEqual([
      '{endpoint="token",outcome="ok"} 1',
      '{endpoint="token",outcome="upstream_rate_limit"} 1',
      '{endpoint="token",outcome="upstream_reset"} 1',
      '{endpoint="token",outcome="upstream_unavailable"} 1',
      '{endpoint="token",outcome="upstream_unusable"} 1',
    ])
  })

  test('for the API, where it was asked at all', async () => {
    const upstream = await startUpstream(({ url, socket }, response) => {
      if (url === '/1/reset') return socket.destroy()
      response.writeHead(url === '/1/broken' ? 500 : 200).end('{}')
    })
    const proxy = await startProxy({ ...plain, apiUrl: upstream.apiUrl, metricsPort: 0 })
    for (const path of ['user', 'broken', 'reset']) {
      await fetch(`${proxy.url}/1/${path}`, { headers: bearer })
    }
    await fetch(`${proxy.url}/1/user`)
    await countsOf(proxy, 'upstream_seconds_count').toEqual([
      '{endpoint="api",outcome="http_5xx"} 1',
      '{endpoint="api",outcome="ok"} 1',
      '{endpoint="api",outcome="upstream_reset"} 1',
    ])
  })

  test('in seconds, and it is told whether it takes the credentials', async () => {
    const upstream = await startUpstream((_request, response) => {
      setTimeout(() => response.end('{"error":"invalid_client"}'), 120)
    })
    const proxy = await startProxy({ ...plain, apiUrl: upstream.apiUrl, metricsPort: 0 })
    await countsOf(proxy, 'credentials_refused').toEqual([`{${ofClient}} 0`])
    await proxy.post(codeForm('c'))
    await countsOf(proxy, 'credentials_refused').toEqual([`{${ofClient}} 1`])
    const text = await read(proxy)
    const [sum = ''] = linesOf(text, 'upstream_seconds_sum')
    expect(Number(sum.split(' ')[1])).toBeGreaterThan(0.1)
    expect(Number(sum.split(' ')[1])).toBeLessThan(60)
  })
})

test('open connections are counted', async () => {
  const proxy = await startProxy({ metricsPort: 0 })
  await countsOf(proxy, 'open_connections').toEqual([' 0'])
  await fetch(`${proxy.url}/healthz`)
  await countsOf(proxy, 'open_connections').toEqual([' 1'])
})

describe('nothing that was sent gets in', () => {
  test('no secret, code, token or verifier', async () => {
    const { app, proxy, sandbox } = await startApp({ metricsPort: 0 })
    const callback = await app.comeBack()
    await app.visit(callback)
    const { code = '' } = await app.signIn()
    const { body } = await app.redeem(code)
    const renewed = await app.refresh(String(body.refresh_token))
    await fetch(`${proxy.url}/1/user/resources?access_token=${body.access_token}`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    })
    const sent = sandbox.tokenRequests.flatMap(({ parameters }) => Object.values(parameters))
    const hidden = [
      ...sent.filter((value) => value !== client.clientId),
      ...new URLSearchParams(callback.split('?')[1]).values(),
      ...[...app.cookies].flat(),
      ...[code, codeVerifier, app.jkt, client.clientSecret],
      ...[body, renewed.body].flatMap((tokens) => [tokens.access_token, tokens.refresh_token]),
    ].filter((value): value is string => typeof value === 'string' && value.length > 12)
    expect(hidden.length).toBeGreaterThan(15)
    const text = await read(proxy)
    expect(text).toContain('endpoint="token"')
    expect(hidden.filter((value) => text.includes(value))).toEqual([])
  })

  test('whatever is sent, there are no more time series', async () => {
    const { proxy } = await startPlainStage({ metricsPort: 0, mode: 'pkce' })
    const series = async () =>
      linesOf(await read(proxy), '').map((line) => line.replace(/ \S+$/, ''))
    await hostileRequests(proxy.url, 'wordone')
    await countsOf(proxy, 'requests_in_flight').not.toContainEqual(expect.stringMatching(/ [1-9]/))
    const before = await series()
    for (const word of ['wordtwo', 'wordthree']) await hostileRequests(proxy.url, word)
    await countsOf(proxy, 'requests_in_flight').not.toContainEqual(expect.stringMatching(/ [1-9]/))
    expect(await series()).toEqual(before)
    expect(await read(proxy)).not.toMatch(/word|evil/)
  })
})

describe('they are served', () => {
  test('on a port of their own alone, and nothing else is', async () => {
    const proxy = await startProxy({ metricsPort: 0 })
    const url = metricsUrl(proxy)
    const answer = await fetch(url)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(await answer.text()).toContain('process_cpu_seconds_total')
    for (const path of ['', '/', '/metrics/', '/1/token', '/healthz']) {
      expect((await fetch(new URL(`${path}?x`, url))).status).toBe(404)
    }
    expect((await fetch(url, { method: 'POST' })).status).toBe(404)
    expect((await fetch(`${proxy.url}/metrics`)).status).toBe(404)
    await proxy.close()
    await expect(fetch(url)).rejects.toThrow()
  })

  test('by default nowhere', async () => {
    const proxy = await startProxy({})
    expect(proxy.log()).not.toContain('metrics')
    expect((await fetch(`${proxy.url}/metrics`)).status).toBe(404)
  })

  test('or the server does not start', async () => {
    const { apiUrl } = await startUpstream(() => {})
    const metricsPort = Number(new URL(apiUrl).port)
    await expect(startProxy({ metricsPort })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  test('by another server with the plugin, in its own registry', async () => {
    const registry = new Registry()
    const app = Fastify()
    onTestFinished(() => app.close())
    app.get('/own', async () => 'own')
    const apiUrl = `http://127.0.0.1:${await freePort()}/1`
    app.register(roambiProxy, { ...settings, apiUrl, registry, prefix: '/auth' })
    await app.inject('/auth/1/token')
    await app.inject('/own')
    await expect
      .poll(async () => linesOf(await registry.metrics(), 'requests_total'))
      .toEqual(['{endpoint="token",client="unknown",outcome="invalid_request"} 1'])
  })
})

test('the README names each metric and each reason, and no other', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, section = ''] = readme.split('## Operations\n')
  const [operations = ''] = section.split('\n## ')
  const proxy = await startProxy({ metricsPort: 0 })
  const served = (await read(proxy)).matchAll(/^# TYPE (roambi_proxy_\w+) /gm)
  const named = operations.matchAll(/^\| `(roambi_proxy_\w+)`/gm)
  expect(namesIn(named)).toEqual(namesIn(served))

  const errors = readFileSync(new URL('../src/http/errors.ts', import.meta.url), 'utf8')
  const [, , table = ''] = operations.split(/^\| reason /m)
  const cells = table.split('\n').map((row) => row.split(' | ')[0] ?? '')
  const inTable = cells.filter((cell) => cell.startsWith('|')).join()
  expect(namesIn(inTable.matchAll(/`(\w+)`/g))).toEqual(
    // Codes of which there is always a more exact reason.
    namesIn(errors.matchAll(/^ {2}\| '(\w+)'$/gm)).filter(
      (name) => !['server_error', 'temporarily_unavailable'].includes(name),
    ),
  )
})

const namesIn = (matches: Iterable<RegExpMatchArray>): string[] =>
  [...new Set([...matches].map(([, name = '']) => name))].sort()
