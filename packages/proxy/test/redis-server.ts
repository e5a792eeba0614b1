// A real Redis, for what only one can tell. Nothing of it outlives the test.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { Redis } from 'ioredis'
import { describe, onTestFinished } from 'vitest'
import { freePort } from './stage.ts'

export interface RedisServer {
  readonly url: string
  readonly password: string
  stop(): Promise<void>
  /** On the same port, with nothing in it. */
  start(): Promise<void>
  /** It keeps its connections, and answers nothing. */
  pause(): void
  goOn(): void
  /** A connection of the test's own, for a look at what is there. */
  connect(): Redis
  /** All that is there: each key and value, in one text. */
  everything(): Promise<string>
}

const isThere = spawnSync('redis-server', ['--version']).status === 0

const news = 'Not tested with Redis (package redis-server).'
if (!isThere && process.env.CI === 'true') throw new Error(news)
// Vitest shows what passing tests print to nobody.
if (!isThere) writeSync(2, `${news}\n`)

/** A `describe` that is skipped where there is no `redis-server`; with `CI=true` it must be there. */
export const describeWithRedis: typeof describe | typeof describe.skip = isThere
  ? describe
  : describe.skip

export async function startRedis(...settings: string[]): Promise<RedisServer> {
  const port = await freePort()
  const password = 'a-password-of-the-redis-in-the-tests'
  const url = `redis://:${password}@127.0.0.1:${port}`
  let server: ChildProcess | undefined

  const redis: RedisServer = {
    url,
    password,

    async start() {
      const storage = ['--save', '', '--appendonly', 'no', '--dir', '/tmp']
      const place = ['--port', String(port), '--bind', '127.0.0.1', '--requirepass', password]
      server = spawn('redis-server', [...place, ...storage, ...settings], { stdio: 'ignore' })
      const probe = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null })
      probe.on('error', () => {})
      await probe.ping()
      probe.disconnect()
    },

    async stop() {
      if (!server || server.exitCode !== null || server.signalCode !== null) return
      const exit = once(server, 'exit')
      // Also ends one that is paused.
      server.kill('SIGKILL')
      await exit
    },

    pause: () => void server?.kill('SIGSTOP'),
    goOn: () => void server?.kill('SIGCONT'),

    connect() {
      const connection = new Redis(url)
      connection.on('error', () => {})
      onTestFinished(() => connection.disconnect())
      return connection
    },

    async everything() {
      const connection = redis.connect()
      const keys = await connection.keys('*')
      const values = await Promise.all(keys.map((key) => connection.dump(key)))
      const texts = await Promise.all(keys.map((key) => connection.get(key)))
      return [...keys, ...values, ...texts].join('\n')
    },
  }
  onTestFinished(() => redis.stop())
  await redis.start()
  return redis
}
