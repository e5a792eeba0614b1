// `roambi-proxy --check`, as whoever deploys it runs it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSandbox } from '@roambi-auth/sandbox'
import { generate } from 'selfsigned'
import { describe, expect, onTestFinished, test } from 'vitest'
import { reach } from '../src/program/reachability.ts'
import { judgeCredentials, probeClient } from '../src/upstream/credentials.ts'
import { createUpstream } from '../src/upstream/upstream.ts'
import { environment, startProgram } from './program.ts'
import { describeWithRedis, startRedis } from './redis-server.ts'
import { startRoambi } from './roambi.ts'
import { callbackUrl, client, freePort, redirectUri, startUpstream } from './stage.ts'

const secrets = ['new-secret-of-the-tests', 'old-secret-of-the-tests']

/** Gives what was printed, line by line, which holds no secret. */
async function check(variables: Record<string, string>, ...alsoSecret: string[]) {
  const { exit, output } = startProgram({ ...environment, ...variables }, ['--check'])
  const code = await exit
  const printed = output.stdout + output.stderr
  for (const secret of [client.clientSecret, ...secrets, ...alsoSecret]) {
    expect(printed).not.toContain(secret)
  }
  return { code, lines: output.stdout.split('\n'), stderr: output.stderr }
}

async function startRegistered(changes: { redirectUri?: string; clientSecret?: string } = {}) {
  const sandbox = await startSandbox({ port: 0, ...client, redirectUri, ...changes })
  onTestFinished(() => sandbox.close())
  return sandbox
}

describe('it ends with 0', { timeout: 60_000 }, () => {
  test('when all is well, and has told what the settings come to', async () => {
    const clients = [
      { clientId: 'consumer-key-one', clientSecret: secrets[1] ?? '' },
      { clientId: 'consumer-key-two', clientSecret: client.clientSecret },
    ]
    const { apiUrl, requests, sandboxOf } = await startRoambi(clients, callbackUrl)
    const folder = mkdtempSync(join(tmpdir(), 'roambi-proxy-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'one'), secrets.join('\n'))
    writeFileSync(join(folder, 'two'), client.clientSecret)
    const listed = (name: string) => ({
      clientId: `consumer-key-${name}`,
      secretFile: name,
      redirectUris: [`https://${name}.example/callback.html`],
      allowedOrigins: [`https://${name}.example`],
    })
    const keys = ['a'.repeat(43), 'b'.repeat(43)]
    const config = {
      ROAMBI_API_URL: apiUrl,
      PROXY_PUBLIC_URL: 'https://auth.example.com',
      PROXY_SEALING_KEYS: keys,
      PROXY_REFRESH_TOKEN_IDLE_LIFETIME: 5400,
      clients: [listed('one'), listed('two')],
    }
    const PROXY_CONFIG = join(folder, 'config.json')
    writeFileSync(PROXY_CONFIG, JSON.stringify(config))
    const { exit, output } = startProgram({ PROXY_CONFIG }, ['--check'])
    expect(await exit).toBe(0)
    expect(output.stderr).toBe('')
    expect(output.stdout.split('\n')).toEqual([
      'issuer            https://auth.example.com',
      'mode              pkce',
      'redirect URI      https://auth.example.com/1/callback, which Roambi must know',
      'refresh tokens    dpop: for whoever proves a key; end 90 minutes after the last use, 30 days after the sign-in',
      expect.stringMatching(/^sealing keys {6}[\w-]{8} seals, [\w-]{8} opens$/),
      `Roambi            ${apiUrl}`,
      'API               is forwarded',
      'Redis             none: each instance remembers for itself',
      'rate limit        none',
      'at once           500 requests, and as many forwarded ones',
      'trusted proxies   none',
      'listens on        127.0.0.1, port 4001',
      'metrics           off',
      '',
      'client            consumer-key-one',
      '  redirect URIs   https://one.example/callback.html',
      '  origins         https://one.example',
      '  secrets         2, tried in order',
      '',
      'client            consumer-key-two',
      '  redirect URIs   https://two.example/callback.html',
      '  origins         https://two.example',
      '  secrets         1',
      '',
      'ok       Roambi is reachable',
      'note     consumer-key-one: secret 1 of 2 is refused',
      'ok       consumer-key-one: secret 2 of 2 is accepted',
      'ok       consumer-key-two: the secret is accepted',
      '',
      'All is well.',
      '',
    ])
    for (const secret of [...secrets, client.clientSecret, ...keys]) {
      expect(output.stdout).not.toContain(secret)
    }
    for (const each of clients) {
      const asked = requests.filter((form) => form.get('client_id') === each.clientId)
      expect(asked.map((form) => form.get('redirect_uri'))).toContain(callbackUrl)
      expect(sandboxOf(each).tokenRequests.at(-1)).toMatchObject({
        grantType: 'refresh_token',
        status: 400,
      })
    }
  })
})

test('a variable whose name is misspelt is noted', { timeout: 60_000 }, async () => {
  const { apiUrl } = await startRegistered()
  const misspelt = {
    PROXY_RATELIMITS: '60',
    ROAMBI_PROXY_SERVICE_HOST: '10.0.0.1',
    PROXY: 'x',
    PORTS: '1',
  }
  const { code, lines } = await check({ ROAMBI_API_URL: apiUrl, ...misspelt })
  expect(code).toBe(0)
  expect(lines.filter((line) => line.startsWith('note'))).toEqual([
    'note     nothing reads PROXY_RATELIMITS: PROXY_RATE_LIMIT may be meant',
  ])
})

describe('it ends with 1', { timeout: 60_000 }, () => {
  test('when a setting is wrong: nothing is asked', async () => {
    const sandbox = await startRegistered()
    const result = await check({ ROAMBI_API_URL: sandbox.apiUrl, PROXY_MODE: 'x' })
    expect(result).toEqual({
      code: 1,
      lines: [''],
      stderr: 'PROXY_MODE must be pkce or direct.\n',
    })
    expect(sandbox.tokenRequests).toHaveLength(0)
  })

  test('when no secret is accepted', async () => {
    const { apiUrl } = await startRegistered({ clientSecret: 'another' })
    const one = await check({ ROAMBI_API_URL: apiUrl })
    expect(one).toMatchObject({ code: 1, stderr: '' })
    expect(one.lines.slice(-5)).toEqual([
      'ok       Roambi is reachable',
      `PROBLEM  ${client.clientId}: the secret is refused`,
      '',
      'One problem keeps it from serving.',
      '',
    ])
    const both = await check({
      ROAMBI_API_URL: apiUrl,
      ROAMBI_CLIENT_SECRET: secrets.join('\n'),
    })
    expect(both.lines).toContain(`PROBLEM  ${client.clientId}: secret 2 of 2 is refused`)
    expect(both.lines).toContain('2 problems keep it from serving.')
  })

  test('when Roambi does not say', async () => {
    const { apiUrl } = await startUpstream((_request, response) => {
      response.writeHead(503).end(client.clientSecret)
    })
    const { code, lines } = await check({ ROAMBI_API_URL: apiUrl })
    expect(code).toBe(1)
    expect(lines).toContain(
      `PROBLEM  ${client.clientId}: whether the secret is right, Roambi does not say (status 503)`,
    )
  })

  test('when Roambi knows another redirect URI', async () => {
    const { apiUrl } = await startRegistered({ redirectUri: 'https://old.example/cb' })
    const { code, lines } = await check({ ROAMBI_API_URL: apiUrl })
    expect(code).toBe(1)
    expect(lines).toContain(`ok       ${client.clientId}: the secret is accepted`)
    expect(lines).toContain(
      `PROBLEM  ${client.clientId}: Roambi knows another redirect URI than ${redirectUri}`,
    )
  })

  test("when Roambi can't be reached", async () => {
    const ROAMBI_API_URL = `http://127.0.0.1:${await freePort()}/1`
    const { code, lines } = await check({ ROAMBI_API_URL })
    expect(code).toBe(1)
    expect(lines.slice(-4)).toEqual([
      "PROBLEM  Roambi can't be reached: TCP (ECONNREFUSED)",
      '',
      'One problem keeps it from serving.',
      '',
    ])
  })
})

describeWithRedis('Redis', { timeout: 60_000 }, () => {
  test('is written to, and its URL is not printed', async () => {
    const [{ apiUrl }, redis] = [await startRegistered(), await startRedis()]
    const { hostname, port } = new URL(redis.url)
    const place = { ROAMBI_API_URL: apiUrl, REDIS_URL: redis.url }
    const well = await check(place, redis.password)
    expect(well).toMatchObject({ code: 0, stderr: '' })
    expect(well.lines).toContain('ok       Redis is reachable')

    const wrong = `redis://:a-wrong-password@${hostname}:${port}`
    const refused = await check({ ...place, REDIS_URL: wrong }, 'a-wrong-password')
    expect(refused).toMatchObject({ code: 1, stderr: '' })
    expect(refused.lines).toContain("PROBLEM  Redis can't be used: WRONGPASS")

    await redis.connect().config('SET', 'maxmemory', '1')
    const full = await check(place, redis.password)
    expect(full.lines).toContain("PROBLEM  Redis can't be used: OOM")

    await redis.stop()
    const gone = await check(place, redis.password)
    expect(gone).toMatchObject({ code: 1, stderr: '' })
    expect(gone.lines).toContain("PROBLEM  Redis can't be used: ECONNREFUSED")
  })
})

describe('how far one gets', () => {
  test('not to a name that does not exist', async () => {
    expect(await reach(new URL('https://nohost.invalid/1'), 3000)).toEqual({
      isReachable: false,
      step: 'DNS',
      code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN|ETIMEDOUT)$/),
    })
  })

  test('to a port, but to no certificate that is trusted', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }])
    const server = createTlsServer({ key, cert }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await expect.poll(() => server.listening).toBe(true)
    const { port } = server.address() as AddressInfo
    expect(await reach(new URL(`https://127.0.0.1:${port}/1`), 3000)).toEqual({
      isReachable: false,
      step: 'TLS',
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    })
    expect(await reach(new URL(`http://127.0.0.1:${port}/1`), 3000)).toEqual({ isReachable: true })
  })

  test('to a server that says nothing: not for ever', async () => {
    const server = createTcpServer().listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await expect.poll(() => server.listening).toBe(true)
    const { port } = server.address() as AddressInfo
    expect(await reach(new URL(`https://127.0.0.1:${port}/1`), 100)).toEqual({
      isReachable: false,
      step: 'TLS',
      code: 'ETIMEDOUT',
    })
  })
})

describe('of a secret, an answer says', () => {
  test.each([
    ['accepted', 400, '{"error":"invalid_request"}'],
    ['accepted', 400, '{"error":"invalid_grant"}'],
    ['accepted', 400, '{"error":"redirect_url_mismatch"}'],
    ['refused', 401, '{"error":"invalid_client"}'],
    ['refused', 400, '{"error":"invalid_client"}'],
    ['refused', 400, '{"error":"unauthorized_client"}'],
    ['unknown', 503, '{"error":"invalid_client"}'],
    ['unknown', 403, 'Rate limit exceeded'],
    ['unknown', 403, '{"error":"invalid_grant"}'],
    ['unknown', 302, ''],
    ['unknown', 200, '<html>'],
    ['unknown', 200, '{"access_token":"a","refresh_token":"r"}'],
    ['unknown', 500, '{"error":"internal_server_error"}'],
    ['unknown', 400, '{"error":"something_new"}'],
  ])('%s: %i %s', (verdict, status, text) => {
    expect(judgeCredentials({ status, text })).toMatchObject({ verdict })
  })

  test('nothing when there is none', () => {
    expect(judgeCredentials({ failure: 'reset', code: 'ECONNRESET' })).toEqual({
      verdict: 'unknown',
      reason: 'reset (ECONNRESET)',
    })
  })
})

describe('of all the secrets of a client', () => {
  test.each([
    ['accepted', ['bad', 'good', 'never asked'], ['bad', 'good']],
    ['refused', ['bad', 'bad'], ['bad', 'bad']],
    ['unknown', ['odd', 'bad'], ['odd', 'bad']],
    ['accepted', ['odd', 'good'], ['odd', 'good']],
  ])('%s: %j', async (verdict, clientSecrets, asked) => {
    const answers: Record<string, [number, string]> = {
      good: [400, '{"error":"invalid_request"}'],
      bad: [401, '{"error":"invalid_client"}'],
      odd: [503, ''],
    }
    const sent: string[] = []
    const ask = async (form: URLSearchParams) => {
      const secret = form.get('client_secret') ?? ''
      sent.push(secret)
      const [status, text] = answers[secret] ?? [0, '']
      return { status, text }
    }
    const probed = { clientId: 'a', redirectUris: [redirectUri], clientSecrets }
    expect(await probeClient({ ask }, probed, AbortSignal.timeout(1000))).toBe(verdict)
    expect(sent).toEqual(asked)
  })

  test("that Roambi can't be reached is no refusal", async () => {
    const apiUrl = `http://127.0.0.1:${await freePort()}/1`
    const upstream = createUpstream({
      apiUrl,
      maxConcurrent: 1,
      timeouts: { connect: 500, token: 500, api: 500 },
    })
    onTestFinished(() => upstream.close())
    const probed = { clientId: 'a', redirectUris: [redirectUri], clientSecrets: ['b'] }
    expect(await probeClient(upstream, probed, AbortSignal.timeout(1000))).toBe('unknown')
  })
})
