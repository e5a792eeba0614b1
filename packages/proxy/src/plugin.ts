import cors from '@fastify/cors'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { answerError } from './error-answer.ts'
import { notFound } from './errors.ts'
import { apiMethods, forwardApi } from './forward-api.ts'
import { logSerializers } from './log.ts'
import { type CheckedOptions, checkOptions, type RoambiProxyOptions } from './options.ts'
import { corsOptions, refuseForeignOrigins, refuseOuterCors } from './origin.ts'
import { refuseRoute } from './refused-route.ts'
import { tokenEndpoint } from './token-endpoint.ts'
import { createTokenExchange } from './token-exchange.ts'
import { createUpstream } from './upstream.ts'

/**
 * A Fastify plugin that serves everything under `/1/` and leaves the rest of the server as it is.
 *
 * ```ts
 * app.register(roambiProxy, {
 *   clientId: '3d7c…',
 *   clientSecret: process.env.ROAMBI_CLIENT_SECRET ?? '',
 *   redirectUris: ['https://app.example.com/callback.html'],
 *   allowedOrigins: ['https://app.example.com'],
 * })
 * ```
 *
 * Registration fails with InvalidOptions, whose message names each option that is wrong.
 */
export const roambiProxy: FastifyPluginAsync<RoambiProxyOptions> = async (app, options) => {
  const checked = checkOptions(options)
  refuseOuterCors(app)
  // The closing slash keeps the wildcard of the preflight route under /1/.
  await app.register((scope) => version1(scope, checked), { prefix: '/1/' })
}

async function version1(app: FastifyInstance, options: CheckedOptions): Promise<void> {
  const { allowedOrigins } = options
  app.addHook('onRoute', (route) => {
    route.logSerializers = logSerializers
  })
  app.setErrorHandler(answerError)
  await app.register(cors, corsOptions(allowedOrigins, apiMethods))
  app.addHook('onRequest', refuseForeignOrigins(allowedOrigins))

  const upstream = createUpstream(options)
  app.addHook('onClose', () => upstream.close())
  await app.register(tokenEndpoint, {
    client: options,
    exchange: createTokenExchange(upstream, options),
  })

  const unserved = ['/authorize', '/authorize/*', '/callback', '/callback/*', '/token/*']
  if (options.forwardApi) await app.register(forwardApi, options)
  else unserved.push('/*')
  for (const url of unserved) refuseRoute(app, url, apiMethods, notFound)
}
