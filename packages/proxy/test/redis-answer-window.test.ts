// Two instances' windows on the same Redis.
import { expect, onTestFinished, test } from 'vitest'
import { OAuthError } from '../src/http/errors.ts'
import type { AnswerWindow } from '../src/memory/answer-window.ts'
import { createRedis, type SharedRedis } from '../src/memory/redis.ts'
import { createRedisAnswerWindow } from '../src/memory/redis-answer-window.ts'
import { createSharedAnswers, lease, type SealedAnswer } from '../src/memory/shared-answers.ts'
import { createSeal } from '../src/sealing/seal.ts'
import { createKeyRing } from '../src/sealing/sealing-keys.ts'
import { describeWithRedis, type RedisServer, startRedis } from './redis-server.ts'
import { publicUrl, sealingKeys } from './stage.ts'

interface Answer {
  readonly from: string
  readonly successor: string
}

interface Instance {
  readonly redis: SharedRedis
  readonly window: AnswerWindow<Answer>
}

/** Longer than a turn. */
const patient = { timeout: 20_000 }
const silent = { info() {}, warn() {} }
const given = (from: string) => async () => ({ from, successor: `${from}+` })

/** Asks Roambi, which answers when the test says so. */
function question() {
  let resolve = (_answer: Answer) => {}
  let reject = (_error: Error) => {}
  let isAsked = false
  const answer = new Promise<Answer>((...settle) => {
    ;[resolve, reject] = settle
  })
  return {
    ask: () => {
      isAsked = true
      return answer
    },
    resolve,
    reject,
    asked: () => expect.poll(() => isAsked).toBe(true),
  }
}

async function startInstance({ url }: RedisServer, longestTurn = 20_000): Promise<Instance> {
  const redis = createRedis(url, { keyPrefix: 'test:', log: silent })
  onTestFinished(() => redis.close())
  const seal = createSeal<SealedAnswer<Answer>>('answer', createKeyRing(sealingKeys), { publicUrl })
  const shared = createSharedAnswers<Answer>('renewal', 60_000, redis, seal)
  const successorOf = ({ successor }: Answer) => successor
  await expect.poll(() => redis.isReady).toBe(true)
  return { redis, window: createRedisAnswerWindow(shared, { successorOf, longestTurn }) }
}

async function startTwo(longestTurn?: number) {
  const server = await startRedis()
  return {
    server,
    connection: server.connect(),
    one: await startInstance(server, longestTurn),
    other: await startInstance(server, longestTurn),
  }
}

describeWithRedis('of several instances', () => {
  test('one asks, as long as it takes', patient, async () => {
    const { one, other } = await startTwo()
    const { ask, asked, resolve } = question()
    const first = one.window.answer('a', 'key', ask)
    await asked()
    setTimeout(() => resolve({ from: 'one', successor: 'b' }), lease * 1.5)
    const second = other.window.answer('a', 'key', given('other'))
    expect(await second).toEqual({ from: 'one', successor: 'b' })
    expect(await first).toEqual({ from: 'one', successor: 'b' })
  })

  test('another asks when the one that was asking is killed', patient, async () => {
    const { one, other } = await startTwo()
    const { ask, asked } = question()
    one.window.answer('a', 'key', ask)
    await asked()
    // As with kill -9: nothing of it reaches Redis any more.
    one.redis.connection.disconnect()
    expect(await other.window.answer('a', 'key', given('other'))).toMatchObject({ from: 'other' })
  })

  test('another asks when the one that was asking takes for ever', patient, async () => {
    const { one, other } = await startTwo(1000)
    const { ask, asked } = question()
    one.window.answer('a', 'key', ask)
    await asked()
    expect(await other.window.answer('a', 'key', given('other'))).toMatchObject({ from: 'other' })
  })

  test('another asks when the one that was asking has failed, and what failed is not kept', async () => {
    const { one, other, connection } = await startTwo()
    const failure = new OAuthError('invalid_grant', 400, 'no')
    const { ask, asked, reject } = question()
    const failed = one.window.answer('a', 'key', ask)
    await asked()
    const waiting = other.window.answer('a', 'key', given('other'))
    reject(failure)
    await expect(failed).rejects.toBe(failure)
    expect(await waiting).toMatchObject({ from: 'other' })
    expect(await one.window.answer('a', 'key', given('one'))).toMatchObject({ from: 'other' })

    const noMore = one.window.answer('b', 'key', () => Promise.reject(failure))
    await expect(noMore).rejects.toBe(failure)
    expect(await connection.keys('test:renewal-turn:*')).toEqual([])
  })

  test('one that was too slow does not end the turn of the next one', async () => {
    const { one, other, connection } = await startTwo()
    const { ask, asked, resolve } = question()
    const slow = one.window.answer('a', 'key', ask)
    await asked()
    const [turn = ''] = await connection.keys('test:renewal-turn:*')
    // Its turn has ended, and somebody else's has begun.
    await connection.set(turn, 'another')
    resolve({ from: 'one', successor: 'b' })
    await slow
    expect(await connection.get(turn)).toBe('another')
    expect(await other.window.answer('a', 'key', given('other'))).toMatchObject({ from: 'one' })
  })

  test('each drops an answer when its successor is used at any', async () => {
    const { one, other } = await startTwo()
    await one.window.answer('a', 'key', given('a'))
    await other.window.answer('a+', 'key', given('a+'))
    expect(await one.window.answer('a', 'key', given('new'))).toMatchObject({ from: 'new' })
  })

  test('one that was answered has it still when Redis has lost it', patient, async () => {
    const { server, one, other } = await startTwo()
    await one.window.answer('a', 'key', given('one'))
    await server.stop()
    await server.start()
    await expect.poll(() => one.redis.isReady && other.redis.isReady).toBe(true)
    expect(await one.window.answer('a', 'key', given('again'))).toMatchObject({ from: 'one' })
    expect(await other.window.answer('a', 'key', given('other'))).toMatchObject({ from: 'one' })
  })

  test('each has what the others were answered, for the same key only', async () => {
    const { one, other, connection } = await startTwo()
    await one.window.answer('a', 'key', given('one'))
    expect(await other.window.answer('a', 'key', given('other'))).toMatchObject({ from: 'one' })
    expect(await other.window.answer('a', 'thief', given('other'))).toMatchObject({ from: 'other' })
    expect(await other.window.answer('a', undefined, given('none'))).toMatchObject({ from: 'none' })
    for (const key of await connection.keys('*')) {
      expect(await connection.pttl(key)).toBeGreaterThan(0)
      expect(await connection.pttl(key)).toBeLessThanOrEqual(60_000)
    }
  })

  test('none takes an answer that was put in the place of another, or is not sealed', async () => {
    const { one, other, connection } = await startTwo()
    const stored = async () => (await connection.keys('test:renewal-answer:*')).sort()
    await one.window.answer('a', 'key', given('one'))
    const [theirs = ''] = await stored()
    await one.window.answer('b', 'key', given('one, b'))
    const ours = (await stored()).find((key) => key !== theirs) ?? ''
    await connection.copy(theirs, ours, 'REPLACE')
    expect(await other.window.answer('b', 'key', given('other'))).toMatchObject({ from: 'other' })
    await connection.set(theirs, JSON.stringify({ answer: { from: 'evil', successor: 'evil' } }))
    expect(await other.window.answer('a', 'key', given('other'))).toMatchObject({ from: 'other' })
  })
})

describeWithRedis('without Redis', () => {
  test('each instance has its own answers, and nobody waits', async () => {
    const { server, one, other } = await startTwo()
    await server.stop()
    await expect.poll(() => one.redis.isReady || other.redis.isReady).toBe(false)
    expect(await one.window.answer('a', 'key', given('one'))).toMatchObject({ from: 'one' })
    expect(await one.window.answer('a', 'key', given('again'))).toMatchObject({ from: 'one' })
    expect(await other.window.answer('a', 'key', given('other'))).toMatchObject({ from: 'other' })
  })

  test('an answer that was asked for is given, and can be had again here', async () => {
    const { server, one } = await startTwo()
    const asked = one.window.answer('a', 'key', async () => {
      await server.stop()
      return { from: 'one', successor: 'b' }
    })
    expect(await asked).toMatchObject({ from: 'one' })
    expect(await one.window.answer('a', 'key', given('again'))).toMatchObject({ from: 'one' })
  })

  test('who waits for another instance asks by himself when Redis goes', async () => {
    const { server, one, other } = await startTwo()
    const { ask, asked } = question()
    one.window.answer('a', 'key', ask)
    await asked()
    const waiting = other.window.answer('a', 'key', given('other'))
    await server.stop()
    expect(await waiting).toMatchObject({ from: 'other' })
  })
})
