import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { onceClosed } from '../http/once-closed.ts'
import { factsOf } from '../http/request-facts.ts'
import type { Endpoint, Metrics } from './metrics.ts'

/** Counts each request of the plugin, when it is over or the app has hung up. */
export function countRequests(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onRequest', async (request, reply) => {
    const endpoint = endpointOf(request, app.prefix)
    metrics.requestBegan(endpoint)
    onceClosed(reply, () => {
      const { clientId, error, reason } = factsOf(request)
      const isWhole = reply.raw.writableEnded
      metrics.requestEnded(endpoint, clientId, isWhole ? (error ?? outcomeOf(reply)) : 'aborted')
      if (reason) metrics.refused(reason)
    })
  })
}

/** Measures how long the upstream takes to begin its answer, in the scope of what is forwarded. */
export function measureApi(app: FastifyInstance, metrics: Metrics): void {
  const sentAt = new WeakMap<FastifyRequest, number>()
  // Not before: what is refused never gets this far.
  app.addHook('preHandler', async (request) => {
    sentAt.set(request, performance.now())
  })
  app.addHook('onSend', async (request, reply) => {
    const since = sentAt.get(request)
    if (since === undefined) return
    sentAt.delete(request)
    const outcome = factsOf(request).reason ?? outcomeOf(reply)
    metrics.upstreamAnswered('api', outcome, (performance.now() - since) / 1000)
  })
}

function endpointOf({ method, routeOptions }: FastifyRequest, prefix: string): Endpoint {
  if (method === 'OPTIONS') return 'preflight'
  return endpoints[routeOptions.url?.slice(prefix.replace(/\/$/, '').length) ?? ''] ?? 'other'
}

// By route: an address that was sent would make a label of its own.
const endpoints: Readonly<Record<string, Endpoint>> = {
  '/1/authorize': 'authorize',
  '/1/callback': 'callback',
  '/1/token': 'token',
  '/1/revoke': 'revoke',
  '/1/*': 'api',
  '/.well-known/oauth-authorization-server': 'metadata',
}

/** Where there is no error of the proxy's own. */
function outcomeOf({ statusCode }: FastifyReply): string {
  return statusCode < 400 ? 'ok' : `http_${Math.floor(statusCode / 100)}xx`
}
