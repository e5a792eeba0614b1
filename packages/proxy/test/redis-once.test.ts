import { expect, onTestFinished, test } from 'vitest'
import type { OnceOptions } from '../src/memory/once.ts'
import { createRedis, type SharedRedis } from '../src/memory/redis.ts'
import { createRedisOnce } from '../src/memory/redis-once.ts'
import { describeWithRedis, type RedisServer, startRedis } from './redis-server.ts'

async function startInstance({ url }: RedisServer, options: Partial<OnceOptions> = {}) {
  const redis = createRedis(url, { keyPrefix: 'test:', log: { info() {}, warn() {} } })
  onTestFinished(() => redis.close())
  await expect.poll(() => redis.isReady).toBe(true)
  return { redis, once: createRedisOnce('code', { life: 60_000, ...options }, redis) }
}

async function startTwo(options: Partial<OnceOptions> = {}) {
  const server = await startRedis()
  const one = await startInstance(server, options)
  return { server, one, other: await startInstance(server, options) }
}

const refusal = (code: string, status: number) => expect.objectContaining({ code, status })

describeWithRedis('in Redis', () => {
  test('a name can be claimed once by all instances, and again when its time is over', async () => {
    const { one, other } = await startTwo({ life: 300 })
    const all = await Promise.all([one, other, one, other].map(({ once }) => once.claim('a')))
    expect(all.filter(Boolean)).toHaveLength(1)
    expect(await other.once.claim('b')).toBe(true)
    await expect.poll(() => one.once.claim('a')).toBe(true)
    expect(await one.once.claim('a')).toBe(false)
  })

  test('each owner has names and a limit of his own, counted over all instances', async () => {
    const { one, other } = await startTwo({ limitOfOwner: 2, life: 1000 })
    expect(await one.once.claim('a', 'one')).toBe(true)
    expect(await other.once.claim('a', 'other')).toBe(true)
    expect(await other.once.claim('b', 'one')).toBe(true)
    const { once } = one
    await expect(once.claim('c', 'one')).rejects.toEqual(refusal('temporarily_unavailable', 429))
    expect(await other.once.claim('a', 'one')).toBe(false)
    expect(await one.once.claim('b', 'other')).toBe(true)
    await expect.poll(() => once.claim('c', 'one').catch(() => false)).toBe(true)
  })

  test('names and owners are kept as hashes, and no longer than they count', async () => {
    const { server, one } = await startTwo({ limitOfOwner: 2 })
    await one.once.claim('the-name', 'the-owner')
    const stored = await server.everything()
    expect(stored).toContain('test:code:')
    expect(stored).not.toMatch(/the-(name|owner)/)
    const connection = server.connect()
    const lives = await Promise.all((await connection.keys('*')).map((key) => connection.pttl(key)))
    expect(lives.every((life) => life > 50_000 && life <= 60_000)).toBe(true)
  })

  test('when Redis is full, the answer is to come back later', async () => {
    const { server, one } = await startTwo()
    await server.connect().config('SET', 'maxmemory', '1')
    await expect(one.once.claim('a')).rejects.toEqual(refusal('temporarily_unavailable', 503))
    expect(one.redis.isReady).toBe(false)
  })
})

describeWithRedis('a claim whose answer is lost', () => {
  /** Redis has it, and says so to nobody. */
  async function loseClaim(returnable: boolean) {
    const { server, one, other } = await startTwo({ returnable })
    const connection = server.connect()
    server.pause()
    await expect(one.once.claim('a')).rejects.toEqual(refusal('temporarily_unavailable', 503))
    await expect.poll(() => one.redis.isReady).toBe(false)
    server.goOn()
    return { connection, one, other }
  }

  test.each(['one', 'other'] as const)('is taken back, for %s to claim it again', async (name) => {
    const { connection, ...instances } = await loseClaim(true)
    await expect.poll(() => instances.one.redis.isReady, { timeout: 5000 }).toBe(true)
    if (name === 'other') await expect.poll(() => connection.keys('*')).toHaveLength(0)
    await expect.poll(() => instances[name].redis.isReady, { timeout: 5000 }).toBe(true)
    expect(await instances[name].once.claim('a')).toBe(true)
    expect(await instances.one.once.claim('a')).toBe(false)
    expect(await instances.other.once.claim('a')).toBe(false)
  })

  test('is not taken back from another instance that has claimed the name since', async () => {
    const { server, one, other } = await startTwo()
    let isReady = false
    let released = 0
    const slow: SharedRedis = {
      ...one.redis,
      get isReady() {
        return isReady
      },
      script(use, name, lua) {
        const run = one.redis.script(use, name, lua)
        return async (keys, values) => {
          const result = await run(keys, values)
          if (name === 'releaseClaim') released += 1
          return result
        }
      },
    }
    const once = createRedisOnce('code', { life: 60_000, returnable: true }, slow)
    await server.stop()
    await expect(once.claim('a')).rejects.toEqual(refusal('temporarily_unavailable', 503))
    await server.start()
    for (const { redis } of [one, other]) {
      await expect.poll(() => redis.isReady, { timeout: 5000 }).toBe(true)
    }
    expect(await other.once.claim('a')).toBe(true)
    isReady = true
    await expect.poll(() => released).toBe(1)
    expect(await once.claim('a')).toBe(false)
  })

  test('stays where a name is never brought again', async () => {
    const { connection, one } = await loseClaim(false)
    await expect.poll(() => one.redis.isReady, { timeout: 5000 }).toBe(true)
    expect(await connection.keys('*')).toHaveLength(1)
    expect(await one.once.claim('a')).toBe(false)
  })
})
