import cors from '@fastify/cors'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { createAdmission, type Gate } from './admission.ts'
import { checkOptions } from './check-options.ts'
import { originsOf } from './client.ts'
import { createNonces } from './dpop-nonce.ts'
import { createProofCheck } from './dpop-proof.ts'
import { type Endpoints, endpointsOf } from './endpoints.ts'
import { answerError } from './error-answer.ts'
import { notFound } from './errors.ts'
import { apiMethods, forwardApi } from './forward-api.ts'
import { createGrantsOf, type GrantsOf } from './grants.ts'
import { createInstruments } from './instruments.ts'
import { logSerializers } from './log.ts'
import { createMemory, type Memory } from './memory.ts'
import { metadata } from './metadata.ts'
import type { Metrics } from './metrics.ts'
import type { CheckedOptions, Instruments, RoambiProxyOptions } from './options.ts'
import { corsOptions, refuseForeignOrigins, refuseOuterCors } from './origin.ts'
import { createRateLimit } from './rate-limit.ts'
import { createRedis, keyPrefixOf, type SharedRedis } from './redis.ts'
import { createRedisMemory } from './redis-memory.ts'
import { refuseRoute } from './refused-route.ts'
import { measureApi } from './request-metrics.ts'
import { revocationEndpoint } from './revocation-endpoint.ts'
import { createKeyRing, type KeyRing } from './sealing-keys.ts'
import { signIn } from './sign-in.ts'
import { tokenEndpoint } from './token.ts'
import { createTransactions } from './transaction.ts'
import { createUpstream } from './upstream.ts'

/**
 * A Fastify plugin that serves everything under `/1/` and leaves the rest of the server as it is.
 *
 * ```ts
 * app.register(roambiProxy, {
 *   clientId: '3d7c…',
 *   clientSecret: process.env.ROAMBI_CLIENT_SECRET ?? '',
 *   publicUrl: 'https://auth.example.com',
 *   redirectUris: ['https://app.example.com/callback.html'],
 *   allowedOrigins: ['https://app.example.com'],
 *   sealingKeys: (process.env.PROXY_SEALING_KEYS ?? '').split(','),
 * })
 * ```
 *
 * Registration fails with InvalidOptions, whose message names each option that is wrong.
 */
export const roambiProxy: FastifyPluginAsync<RoambiProxyOptions> = async (app, options) => {
  const checked = checkOptions(options)
  refuseOuterCors(app)
  app.addHook('onRoute', (route) => {
    route.logSerializers = logSerializers
  })
  app.setErrorHandler(answerError)

  const { mode, publicUrl, apiUrl, sealingKeys } = checked
  if (!sealingKeys) app.log.warn(withoutSealingKeys)
  const upstream = createUpstream(checked)
  app.addHook('onClose', () => upstream.close())
  const { metrics, observer } = createInstruments(app, checked, upstream, options)
  const endpoints = endpointsOf(publicUrl, app.prefix)
  const ring = createKeyRing(sealingKeys)
  const redis = connectRedis(app, checked, metrics, options)
  const memory = redis ? createRedisMemory(redis, ring, checked) : createMemory()
  const shared: Shared = {
    options: checked,
    endpoints,
    upstreamAuthorizeUrl: `${apiUrl}/authorize`,
    ring,
    redis,
    memory,
    grantsOf: createGrantsOf({
      options: checked,
      callbackUrl: endpoints.callback,
      ring,
      memory,
      upstream,
      observer,
    }),
    metrics,
  }
  await app.register(metadata, { mode, ...shared })
  // The closing slash keeps the wildcard of the preflight route under /1/.
  await app.register((scope) => version1(scope, shared), { prefix: '/1/' })
}

function connectRedis(
  app: FastifyInstance,
  { redisUrl, publicUrl }: CheckedOptions,
  metrics: Metrics,
  { readiness }: Instruments,
): SharedRedis | undefined {
  if (redisUrl === undefined) return undefined
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
  return redis
}

const withoutSealingKeys =
  'PROXY_SEALING_KEYS (option sealingKeys) is not set: ' +
  'the key is a random one, so that a restart signs everybody out'

interface Shared {
  readonly options: CheckedOptions
  readonly endpoints: Endpoints
  readonly upstreamAuthorizeUrl: string
  readonly ring: KeyRing
  readonly redis: SharedRedis | undefined
  readonly memory: Memory
  readonly grantsOf: GrantsOf
  readonly metrics: Metrics
}

async function version1(app: FastifyInstance, shared: Shared): Promise<void> {
  const { options, endpoints, ring, redis, memory, grantsOf, metrics } = shared
  const { maxConcurrent, rateLimit } = options
  const gate: Gate = {
    admit: createAdmission(app, maxConcurrent),
    limit: await createRateLimit(app, {
      rateLimit,
      isClient: (clientId) => grantsOf(clientId) !== undefined,
      redis,
      redisFailed: () => metrics.redisFailed('rate limit'),
    }),
  }
  if (options.mode === 'pkce') await serveSignIn(app, shared, gate)

  await app.register(async (api) => {
    const allowedOrigins = originsOf(options.clients)
    await api.register(cors, corsOptions(allowedOrigins, apiMethods))
    api.addHook('onRequest', refuseForeignOrigins(allowedOrigins))

    const nonces = createNonces(ring)
    const checkProof = createProofCheck(endpoints.token, nonces, memory)
    await api.register(tokenEndpoint, { grantsOf, checkProof, nonces, gate })
    if (memory.denyList) await api.register(revocationEndpoint, { grantsOf, gate })
    if (options.forwardApi) await serveApi(api, shared)
    for (const url of unservedBy(options, memory)) refuseRoute(api, url, apiMethods, notFound)
  })
}

// Counted apart: a slow API must not keep anybody from signing in.
async function serveApi(app: FastifyInstance, { options, metrics }: Shared): Promise<void> {
  await app.register(async (api) => {
    api.addHook('onRequest', createAdmission(api, options.maxConcurrent))
    measureApi(api, metrics)
    await api.register(forwardApi, options)
  })
}

async function serveSignIn(app: FastifyInstance, shared: Shared, gate: Gate): Promise<void> {
  const { endpoints, ring, options } = shared
  const transactions = createTransactions(ring, options.publicUrl)
  await app.register(signIn, { ...shared, transactions, gate })
  app.log.info({ redirectUri: endpoints.callback }, 'the redirect URI that Roambi must know')
}

function unservedBy({ mode, forwardApi }: CheckedOptions, { denyList }: Memory): string[] {
  return [
    ...(mode === 'pkce' ? [] : ['/authorize', '/callback']),
    // A refresh token must not be forwarded.
    ...(denyList ? [] : ['/revoke']),
    ...['/authorize/*', '/callback/*', '/token/*', '/revoke/*'],
    ...(forwardApi ? [] : ['/*']),
  ]
}
