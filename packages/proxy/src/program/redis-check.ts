import type { FastifyBaseLogger } from 'fastify'
import { createRedis } from '../memory/redis.ts'

/** `reason`: an error's code or Redis's own, such as `NOAUTH`; nothing of the URL. */
export type RedisFinding =
  | { readonly isUsable: true }
  | { readonly isUsable: false; readonly reason: string }

/** Writes to Redis as the proxy would: a replica, or a user without rights, answers to a PING too. */
export async function checkRedis(url: string, keyPrefix: string): Promise<RedisFinding> {
  const reasons: string[] = []
  const note = ({ redis }: { redis: string }) => void reasons.push(redis)
  const log = { info() {}, warn: note as FastifyBaseLogger['warn'] }
  const redis = createRedis(url, { keyPrefix, log })
  try {
    await redis.tried
    await redis.run('check', (connection) => connection.set('check', 1, 'PX', 1000))
    return { isUsable: true }
  } catch {
    return { isUsable: false, reason: reasons[0] ?? 'no answer' }
  } finally {
    await redis.close()
  }
}
