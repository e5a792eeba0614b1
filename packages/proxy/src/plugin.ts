import cors from '@fastify/cors'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { checkOptions } from './check-options.ts'
import { originsOf } from './client.ts'
import { createNonces } from './dpop-nonce.ts'
import { createProofCheck } from './dpop-proof.ts'
import { type Endpoints, endpointsOf } from './endpoints.ts'
import { answerError } from './error-answer.ts'
import { notFound } from './errors.ts'
import { apiMethods, forwardApi } from './forward-api.ts'
import { createGrantsOf, type GrantsOf } from './grants.ts'
import { logSerializers } from './log.ts'
import { createMemory, type Memory } from './memory.ts'
import { metadata } from './metadata.ts'
import type { CheckedOptions, RoambiProxyOptions } from './options.ts'
import { corsOptions, refuseForeignOrigins, refuseOuterCors } from './origin.ts'
import { refuseRoute } from './refused-route.ts'
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
  const endpoints = endpointsOf(publicUrl, app.prefix)
  const ring = createKeyRing(sealingKeys)
  const memory = createMemory()
  const shared: Shared = {
    options: checked,
    endpoints,
    upstreamAuthorizeUrl: `${apiUrl}/authorize`,
    ring,
    memory,
    grantsOf: createGrantsOf({
      options: checked,
      callbackUrl: endpoints.callback,
      ring,
      memory,
      upstream,
    }),
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
  readonly memory: Memory
  readonly grantsOf: GrantsOf
}

async function version1(app: FastifyInstance, shared: Shared): Promise<void> {
  const { options, endpoints, ring, memory, grantsOf } = shared
  if (options.mode === 'pkce') await serveSignIn(app, shared)

  await app.register(async (api) => {
    const allowedOrigins = originsOf(options.clients)
    await api.register(cors, corsOptions(allowedOrigins, apiMethods))
    api.addHook('onRequest', refuseForeignOrigins(allowedOrigins))

    const nonces = createNonces(ring)
    const checkProof = createProofCheck(endpoints.token, nonces, memory)
    await api.register(tokenEndpoint, { grantsOf, checkProof, nonces })
    if (options.forwardApi) await api.register(forwardApi, options)
    for (const url of unservedBy(options)) refuseRoute(api, url, apiMethods, notFound)
  })
}

async function serveSignIn(app: FastifyInstance, shared: Shared): Promise<void> {
  const { endpoints, ring, options } = shared
  const transactions = createTransactions(ring, options.publicUrl)
  await app.register(signIn, { ...shared, transactions })
  app.log.info({ redirectUri: endpoints.callback }, 'the redirect URI that Roambi must know')
}

function unservedBy({ mode, forwardApi }: CheckedOptions): string[] {
  return [
    ...(mode === 'pkce' ? [] : ['/authorize', '/callback']),
    ...['/authorize/*', '/callback/*', '/token/*'],
    ...(forwardApi ? [] : ['/*']),
  ]
}
