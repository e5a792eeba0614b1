// The one connection to the Redis that all instances share. Nothing waits long for it: what it can't
// do within half a second it does not do, and what asks while it is gone is told so at once.
import type { FastifyBaseLogger } from 'fastify'
import { Redis } from 'ioredis'
import { redisGone } from '../http/errors.ts'

/** What Redis is asked for; metrics count failures by it. */
export type RedisUse = 'code' | 'proof' | 'renewal' | 'callback' | 'deny' | 'check'

export interface RedisState {
  /** Whether it could be reached when it was last asked. */
  readonly isReady: boolean
}

export interface SharedRedis extends RedisState {
  /** For what brings its own commands, such as `@fastify/rate-limit`. */
  readonly connection: Redis
  /** Runs a command. Rejects with OAuthError, whatever has gone wrong; it may have been done then. */
  run<T>(use: RedisUse, command: (connection: Redis) => Promise<T>): Promise<T>
  /** A Lua script, which Redis runs in one piece. */
  script(use: RedisUse, name: string, lua: string): RedisScript
  /** When the first attempt to connect is over, be it in vain. */
  readonly tried: Promise<void>
  /** Waits half a second at most. */
  close(): Promise<void>
}

export type RedisScript = (
  keys: readonly string[],
  values: readonly (string | number)[],
) => Promise<unknown>

export interface RedisOptions {
  /** Begins each key, so that several deployments can share one Redis. */
  readonly keyPrefix: string
  readonly log: Pick<FastifyBaseLogger, 'info' | 'warn'>
  /** Is told of each failure. */
  readonly failed?: ((use: RedisUse) => void) | undefined
}

/** One for each deployment: its issuer is what its instances have in common. */
export const keyPrefixOf = (publicUrl: string): string => `roambi-auth:${new URL(publicUrl).host}:`

/** Connects in the background, and again and again: a Redis that is gone keeps nothing from starting. */
export function createRedis(
  url: string,
  { keyPrefix, log, failed = () => {} }: RedisOptions,
): SharedRedis {
  const connection = new Redis(url, { ...connectionOptions, keyPrefix })
  const reporter = createReporter(log)
  let refusedUntil = 0
  const tried = new Promise<void>((resolve) => {
    for (const event of ['ready', 'error', 'close']) connection.once(event, () => resolve())
  })
  connection.on('ready', reporter.back)
  connection.on('error', (error) => reporter.gone(reasonOf(error)))
  connection.on('close', () => reporter.gone('closed'))

  async function run<T>(use: RedisUse, command: (connection: Redis) => Promise<T>): Promise<T> {
    try {
      // While it connects, commands would be written that are harmless to a Redis that is loading.
      if (connection.status !== 'ready') throw redisGone()
      return await command(connection)
    } catch (error) {
      failed(use)
      // It is there, but full, or a replica: it closes no connection for that.
      if (isRefusal(error)) {
        if (Date.now() >= refusedUntil) reporter.refuses(reasonOf(error))
        refusedUntil = Date.now() + 10_000
      }
      throw redisGone()
    }
  }

  return {
    connection,
    get isReady() {
      return connection.status === 'ready' && Date.now() >= refusedUntil
    },
    tried,
    run,
    script(use, name, lua) {
      connection.defineCommand(name, { lua })
      const commands = connection as unknown as Record<string, ScriptCommand>
      return (keys, values) =>
        run(use, async () => commands[name]?.(keys.length, ...keys, ...values))
    },
    async close() {
      reporter.close()
      await connection.quit().catch(() => {})
      connection.disconnect()
    },
  }
}

type ScriptCommand = (keyCount: number, ...keysAndValues: (string | number)[]) => Promise<unknown>

/** All in ms. */
const connectionOptions = {
  connectionName: 'roambi-proxy',
  // What can't be asked now fails now: later nobody waits for it.
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  commandTimeout: 500,
  // With a Redis that hangs, one request waits for the time-out and the next ones find it gone.
  socketTimeout: 500,
  connectTimeout: 1000,
  disconnectTimeout: 200,
  retryStrategy: (attempts: number) => Math.min(25 * 2 ** attempts, 400) + Math.random() * 100,
  // After a failover the connection may still lead to the former primary.
  reconnectOnError: ({ message }: Error) => message.startsWith('READONLY'),
}

/** Logs what has changed, once, and never an error's own words, which may quote the URL. */
function createReporter(log: RedisOptions['log']) {
  let isGone = false
  return {
    back() {
      isGone = false
      log.info('connected to Redis')
    },
    gone(reason: string) {
      if (!isGone) log.warn({ redis: reason }, 'Redis is gone')
      isGone = true
    },
    refuses: (reason: string) => log.warn({ redis: reason }, 'Redis refuses a command'),
    close() {
      isGone = true
    },
  }
}

function isRefusal(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError'
}

function reasonOf(error: Error & { code?: unknown }): string {
  if (typeof error.code === 'string') return error.code
  const [, refusal] = /^([A-Z]+) /.exec(isRefusal(error) ? error.message : '') ?? []
  return refusal ?? 'no answer'
}
