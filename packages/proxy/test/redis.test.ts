// The connection.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { expect, onTestFinished, test } from 'vitest'
import { checkOptions } from '../src/check-options.ts'
import { createRedis, type RedisUse } from '../src/memory/redis.ts'
import { describeWithRedis, startRedis } from './redis-server.ts'
import { freePort, sealingKeys, settings } from './stage.ts'

function start(url: string) {
  const lines: string[] = []
  const failures: RedisUse[] = []
  const line = (fields: unknown, message?: string) =>
    void lines.push(JSON.stringify([fields, message]))
  const redis = createRedis(url, {
    keyPrefix: 'test:',
    log: { info: line, warn: line },
    failed: (use) => failures.push(use),
  })
  onTestFinished(() => redis.close())
  return { redis, lines, failures }
}

const later = expect.objectContaining({ code: 'temporarily_unavailable', status: 503 })

describeWithRedis('the connection to Redis', () => {
  test('is there at once, under a prefix and with a name', async () => {
    const server = await startRedis()
    const { redis, lines } = start(server.url)
    await redis.tried
    expect(redis.isReady).toBe(true)
    await redis.run('check', (connection) => connection.set('a', 'b'))
    expect(await server.connect().keys('*')).toEqual(['test:a'])
    expect(await server.connect().client('LIST')).toContain('name=roambi-proxy')
    expect(lines).toEqual(['["connected to Redis",null]'])
  })

  test('when it is gone, a command fails at once; when it is back, it works', async () => {
    const server = await startRedis()
    const { redis, failures, lines } = start(server.url)
    await redis.tried
    await server.stop()
    await expect.poll(() => redis.isReady).toBe(false)
    await expect(redis.run('deny', (connection) => connection.ping())).rejects.toEqual(later)
    expect(failures).toEqual(['deny'])
    await server.start()
    await expect.poll(() => redis.isReady, { timeout: 5000 }).toBe(true)
    expect(await redis.run('deny', (connection) => connection.ping())).toBe('PONG')
    expect(lines).toHaveLength(3)
  })

  test('when it hangs, one command waits for half a second and the next ones do not', async () => {
    const server = await startRedis()
    const { redis } = start(server.url)
    await redis.tried
    server.pause()
    const ping = () => redis.run('check', (connection) => connection.ping())
    await expect(ping()).rejects.toEqual(later)
    await expect.poll(() => redis.isReady).toBe(false)
    for (let turn = 0; turn < 100; turn++) await expect(ping()).rejects.toEqual(later)
    server.goOn()
    await expect.poll(() => redis.isReady, { timeout: 5000 }).toBe(true)
  })

  test('a refusal is logged once, by its name', async () => {
    const server = await startRedis()
    const { redis, lines } = start(server.url)
    await redis.tried
    await server.connect().config('SET', 'maxmemory', '1')
    const set = () => redis.run('code', (connection) => connection.set('a-key', 'a-value'))
    for (let turn = 0; turn < 3; turn++) await expect(set()).rejects.toEqual(later)
    expect(redis.isReady).toBe(false)
    expect(lines.slice(1)).toEqual(['[{"redis":"OOM"},"Redis refuses a command"]'])
  })

  test('over TLS: a certificate that nobody trusts is refused', async () => {
    const [port, pem] = [
      await freePort(),
      await generate([{ name: 'commonName', value: 'localhost' }]),
    ]
    const folder = mkdtempSync(join(tmpdir(), 'redis-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'cert.pem'), pem.cert)
    writeFileSync(join(folder, 'key.pem'), pem.private)
    const tls = ['--tls-cert-file', join(folder, 'cert.pem'), '--tls-auth-clients', 'no']
    const files = [...tls, '--tls-key-file', join(folder, 'key.pem')]
    const server = await startRedis('--tls-port', String(port), ...files)
    const { redis, lines } = start(`rediss://:${server.password}@localhost:${port}`)
    await redis.tried
    expect(redis.isReady).toBe(false)
    expect(lines).toEqual(['[{"redis":"DEPTH_ZERO_SELF_SIGNED_CERT"},"Redis is gone"]'])
  })
})

test('nothing is thrown where nothing listens', async () => {
  const { redis, lines } = start(`redis://:a-password@127.0.0.1:${await freePort()}`)
  await redis.tried
  await expect(redis.run('check', (connection) => connection.ping())).rejects.toEqual(later)
  expect(lines).toEqual(['[{"redis":"ECONNREFUSED"},"Redis is gone"]'])
})

test.each([
  'redis://',
  'redis:///0',
  'http://redis',
  'redis://redis?commandTimeout=0',
  'redis://:100%@redis',
  'redis.example.com:6379',
])('refused as URL: %s', (redisUrl) => {
  expect(() => checkOptions({ ...settings, sealingKeys, redisUrl })).toThrow(
    /^redisUrl must be a redis:\/\/ or rediss:\/\/ URL without query$/,
  )
})
