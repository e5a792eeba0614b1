import cors from '@fastify/cors'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { createAuthorizationCodes } from './authorization-code.ts'
import { checkOptions } from './check-options.ts'
import { type CodeGrantHandler, createDirectCodeGrant, createPkceCodeGrant } from './code-grant.ts'
import { createNonces } from './dpop-nonce.ts'
import { createProofCheck } from './dpop-proof.ts'
import { type Endpoints, endpointsOf } from './endpoints.ts'
import { answerError } from './error-answer.ts'
import { notFound } from './errors.ts'
import { apiMethods, forwardApi } from './forward-api.ts'
import { logSerializers } from './log.ts'
import { metadata } from './metadata.ts'
import type { CheckedOptions, RoambiProxyOptions } from './options.ts'
import { corsOptions, refuseForeignOrigins, refuseOuterCors } from './origin.ts'
import { createRefreshGrant } from './refresh-grant.ts'
import { createRefreshTokens, type RefreshTokens } from './refresh-token.ts'
import { refuseRoute } from './refused-route.ts'
import { createKeyRing, type KeyRing } from './sealing-keys.ts'
import { signIn } from './sign-in.ts'
import { tokenEndpoint } from './token.ts'
import { createTokenExchange, type TokenExchange } from './token-exchange.ts'
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
  const shared: Shared = {
    options: checked,
    endpoints: endpointsOf(publicUrl, app.prefix),
    upstreamAuthorizeUrl: `${apiUrl}/authorize`,
    ring: createKeyRing(sealingKeys),
    exchange: createTokenExchange(upstream, checked),
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
  readonly exchange: TokenExchange
}

async function version1(app: FastifyInstance, shared: Shared): Promise<void> {
  const { options, endpoints, ring, exchange } = shared
  const refreshTokens = createRefreshTokens(ring, options)
  const redeemCode =
    options.mode === 'pkce'
      ? await serveSignIn(app, shared, refreshTokens)
      : createDirectCodeGrant(exchange, refreshTokens)

  await app.register(async (api) => {
    await api.register(cors, corsOptions(options.allowedOrigins, apiMethods))
    api.addHook('onRequest', refuseForeignOrigins(options.allowedOrigins))

    const nonces = createNonces(ring)
    await api.register(tokenEndpoint, {
      client: options,
      checkProof: createProofCheck(endpoints.token, nonces),
      nonces,
      redeemCode,
      renew: createRefreshGrant(exchange, refreshTokens),
    })
    if (options.forwardApi) await api.register(forwardApi, options)
    for (const url of unservedBy(options)) refuseRoute(api, url, apiMethods, notFound)
  })
}

async function serveSignIn(
  app: FastifyInstance,
  { options, endpoints, upstreamAuthorizeUrl, ring, exchange }: Shared,
  refreshTokens: RefreshTokens,
): Promise<CodeGrantHandler> {
  const transactions = createTransactions(ring, options)
  const codes = createAuthorizationCodes(ring, options)
  const parts = { client: options, endpoints, upstreamAuthorizeUrl, transactions, codes, exchange }
  await app.register(signIn, parts)
  app.log.info({ redirectUri: endpoints.callback }, 'the redirect URI that Roambi must know')
  return createPkceCodeGrant(codes, refreshTokens, endpoints.callback)
}

function unservedBy({ mode, forwardApi }: CheckedOptions): string[] {
  return [
    ...(mode === 'pkce' ? [] : ['/authorize', '/callback']),
    ...['/authorize/*', '/callback/*', '/token/*'],
    ...(forwardApi ? [] : ['/*']),
  ]
}
