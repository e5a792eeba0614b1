import type { FastifyInstance } from 'fastify'
import type { Metrics } from '../operations/metrics.ts'
import type { CheckedOptions, Instruments } from '../options.ts'
import type { KeyRing } from '../sealing/sealing-keys.ts'
import { createMemory, type Memory } from './memory.ts'
import { createRedis, keyPrefixOf, type SharedRedis } from './redis.ts'
import { createRedisMemory } from './redis-memory.ts'

/** In Redis where there is one, for as long as the server runs; else in this process. */
export function openMemory(
  app: FastifyInstance,
  options: CheckedOptions,
  ring: KeyRing,
  { metrics, readiness }: Instruments & { readonly metrics: Metrics },
): { memory: Memory; redis?: SharedRedis } {
  const { redisUrl, publicUrl } = options
  if (redisUrl === undefined) return { memory: createMemory() }
  const redis = createRedis(redisUrl, {
    keyPrefix: keyPrefixOf(publicUrl),
    log: app.log,
    failed: metrics.redisFailed,
  })
  // The first requests need not come too early.
  app.addHook('onReady', () => redis.tried)
  app.addHook('onClose', () => redis.close())
  // Its being gone takes no instance out: it is gone for all of them, and forwarding goes on.
  readiness?.watch(() => (redis.isReady ? [] : [{ reason: 'redis_gone', takesOut: false }]))
  return { memory: createRedisMemory(redis, ring, options), redis }
}
