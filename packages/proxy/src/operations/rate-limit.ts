import { createHash } from 'node:crypto'
import rateLimit, { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest, preHandlerAsyncHookHandler } from 'fastify'
import { rateLimited } from '../http/errors.ts'

export interface RateLimitOptions {
  /** Requests of one address for one client in a minute, at each endpoint. Without it, any. */
  readonly rateLimit: number | undefined
  isClient(clientId: unknown): boolean
  /** Counts for all instances. */
  readonly redis?: { readonly isReady: boolean; readonly connection: object } | undefined
  /** Is told each time that Redis could not be asked. */
  redisFailed(): void
}

/**
 * A hook that refuses what comes too often (429). When Redis is gone, this instance counts for
 * itself. Of an address of IPv6 its network (/64) counts, since one household has as many as it likes.
 */
export async function createRateLimit(
  app: FastifyInstance,
  { rateLimit: max, isClient, redis, redisFailed }: RateLimitOptions,
): Promise<preHandlerAsyncHookHandler> {
  if (max === undefined) return async () => {}
  const keyGenerator = (request: FastifyRequest): string => keyOf(request, isClient)
  const countHere = await createCount(app, { max, keyGenerator, cache: 10_000 })
  const countForAll =
    redis && (await createCount(app, { max, keyGenerator, redis: redis.connection, nameSpace }))

  async function countTogether(request: FastifyRequest) {
    try {
      if (redis?.isReady) return await countForAll?.(request)
    } catch {}
    redisFailed()
    return undefined
  }

  return async (request) => {
    const here = await countHere(request)
    const count = (redis && (await countTogether(request))) ?? here
    if (!count.isAllowed && count.isExceeded) throw rateLimited(Math.max(1, count.ttlInSeconds))
  }
}

const nameSpace = 'rate:'

type Count = ReturnType<FastifyInstance['createRateLimit']>

// In a scope of its own: the second of its kind would else be given the first one's store.
async function createCount(app: FastifyInstance, options: object): Promise<Count> {
  let count: Count | undefined
  await app.register(async (scope) => {
    await scope.register(rateLimit, { global: false, timeWindow: 60_000, ...options })
    count = scope.createRateLimit()
  })
  if (!count) throw new Error('@fastify/rate-limit was not loaded')
  return count
}

// All that is no client of ours is one: else each made-up client_id would be counted anew. As a hash,
// for no list of addresses to be left in Redis.
function keyOf(
  { query, body, ip, routeOptions }: FastifyRequest,
  isClient: RateLimitOptions['isClient'],
): string {
  const { client_id: clientId } = { ...(query as object), ...(body as object) } as {
    client_id?: unknown
  }
  const parts = [routeOptions.url, isClient(clientId) ? clientId : '', normalizeIP(ip, 64)]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}
