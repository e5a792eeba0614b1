import cors from '@fastify/cors'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { apiMethods, forwardApi } from './api/forward-api.ts'
import { checkOptions } from './check-options.ts'
import { originsOf } from './client.ts'
import { type Endpoints, endpointsOf } from './endpoints.ts'
import { answerError } from './http/error-answer.ts'
import { notFound } from './http/errors.ts'
import { corsOptions, refuseForeignOrigins, refuseOuterCors } from './http/origin.ts'
import { refuseRoute } from './http/refused-route.ts'
import { keepTurns } from './http/turns.ts'
import type { Memory } from './memory/memory.ts'
import { openMemory } from './memory/open-memory.ts'
import type { SharedRedis } from './memory/redis.ts'
import { metadata } from './metadata.ts'
import { createAdmission, type Gate } from './operations/admission.ts'
import { createInstruments } from './operations/instruments.ts'
import { logSerializers } from './operations/log.ts'
import type { Metrics } from './operations/metrics.ts'
import { createRateLimit } from './operations/rate-limit.ts'
import { measureApi } from './operations/request-metrics.ts'
import type { CheckedOptions, RoambiProxyOptions } from './options.ts'
import { createKeyRing, type KeyRing } from './sealing/sealing-keys.ts'
import { signIn } from './sign-in/sign-in.ts'
import { createTransactions } from './sign-in/transaction.ts'
import { createNonces } from './token/dpop-nonce.ts'
import { createProofCheck } from './token/dpop-proof.ts'
import { createGrantsOf, type GrantsOf } from './token/grants.ts'
import { revocationEndpoint } from './token/revocation-endpoint.ts'
import { tokenEndpoint } from './token/token.ts'
import { createUpstream } from './upstream/upstream.ts'

/**
 * A Fastify plugin that serves everything under `/1/` and leaves the rest of the server as it is.
 *
 * @example
 * ```ts
 * import { roambiProxy } from '@roambi-auth/proxy'
 * import Fastify from 'fastify'
 *
 * const app = Fastify()
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
 * Registration fails with {@link InvalidOptions}, whose message names each option that is wrong.
 */
export const roambiProxy: FastifyPluginAsync<RoambiProxyOptions> = async (app, options) => {
  const checked = checkOptions(options)
  refuseOuterCors(app)
  app.addHook('onRoute', (route) => {
    route.logSerializers = logSerializers
  })
  app.setErrorHandler(answerError)
  keepTurns(app.server)

  const { mode, publicUrl, apiUrl, sealingKeys } = checked
  if (!sealingKeys) app.log.warn(withoutSealingKeys)
  const upstream = createUpstream(checked)
  app.addHook('onClose', () => upstream.close())
  const { metrics, observer } = createInstruments(app, checked, upstream, options)
  const endpoints = endpointsOf(publicUrl, app.prefix)
  const ring = createKeyRing(sealingKeys)
  const { memory, redis } = openMemory(app, checked, ring, { metrics, ...options })
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
    ...createAdmission(app, maxConcurrent),
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
    api.addHook('onRequest', createAdmission(api, options.maxConcurrent).admit)
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
