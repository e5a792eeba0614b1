// An instance that is killed while it asks Roambi for what others wait for.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { describeWithRedis, startRedis } from './redis-server.ts'
import {
  appOrigin,
  client,
  freePort,
  plain,
  publicUrl,
  redirectUri,
  sealedRefreshForm,
  sealingKeys,
  startProxy,
  startUpstream,
} from './stage.ts'

/** The program, in a process of its own. */
async function startProgram(redisUrl: string, apiUrl: string) {
  const port = await freePort()
  const program = spawn(
    process.execPath,
    ['--conditions=@roambi-auth/source', '--import=tsx', 'src/main.ts'],
    {
      cwd: new URL('..', import.meta.url),
      env: {
        PATH: process.env.PATH,
        ROAMBI_CLIENT_ID: client.clientId,
        ROAMBI_CLIENT_SECRET: client.clientSecret,
        ROAMBI_API_URL: apiUrl,
        PROXY_PUBLIC_URL: publicUrl,
        PROXY_MODE: plain.mode,
        PROXY_REFRESH_TOKENS: plain.refreshTokens,
        PROXY_REDIRECT_URIS: redirectUri,
        PROXY_ALLOWED_ORIGINS: appOrigin,
        PROXY_SEALING_KEYS: sealingKeys.join(','),
        REDIS_URL: redisUrl,
        PORT: String(port),
      },
    },
  )
  onTestFinished(() => void program.kill('SIGKILL'))
  let output = ''
  for (const stream of [program.stdout, program.stderr]) {
    stream.on('data', (chunk) => (output += chunk))
  }
  await expect.poll(() => output, { timeout: 20_000 }).toContain('listening')
  return { program, url: `http://127.0.0.1:${port}`, output: () => output }
}

describeWithRedis('with Redis', () => {
  test('another takes over in a few seconds', { timeout: 60_000 }, async () => {
    const redis = await startRedis()
    // It answers none but the second request.
    const upstream: Awaited<ReturnType<typeof startUpstream>> = await startUpstream(
      (_request, response) => {
        if (upstream.requests() > 1) response.end('{"access_token":"a","refresh_token":"r2"}')
      },
    )
    const { program, url, output } = await startProgram(redis.url, upstream.apiUrl)
    const proxy = await startProxy({ ...plain, redisUrl: redis.url, apiUrl: upstream.apiUrl })
    const form = await sealedRefreshForm()
    const body = new URLSearchParams(form)
    const lost = fetch(`${url}/1/token`, { method: 'POST', body }).catch(() => 'lost')
    await expect.poll(upstream.requests).toBe(1)

    const waiting = proxy.post(form)
    await expect.poll(proxy.log).toContain('/1/token')
    expect(upstream.requests()).toBe(1)
    const exit = once(program, 'exit')
    program.kill('SIGKILL')
    await exit
    expect(await lost).toBe('lost')
    const start = performance.now()
    expect(await waiting).toMatchObject({ status: 200, body: { access_token: 'a' } })
    expect(performance.now() - start).toBeLessThan(10_000)
    expect(upstream.requests()).toBe(2)
    expect(output()).toContain('connected to Redis')
    expect(output()).not.toContain(redis.password)
  })
})
