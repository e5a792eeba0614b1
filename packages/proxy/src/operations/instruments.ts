import type { FastifyInstance } from 'fastify'
import type { CheckedOptions, Instruments } from '../options.ts'
import { probeClient } from '../upstream/credentials.ts'
import type { UpstreamObserver } from '../upstream/token-exchange.ts'
import type { Upstream } from '../upstream/upstream.ts'
import { createCredentialsWatch } from './credentials-watch.ts'
import { createMetrics, type Metrics, noMetrics } from './metrics.ts'
import { countRequests } from './request-metrics.ts'

/** Lets metrics and readiness see what the proxy does. */
export function createInstruments(
  app: FastifyInstance,
  { clients, timeouts }: Pick<CheckedOptions, 'clients' | 'timeouts'>,
  upstream: Upstream,
  { registry, readiness }: Instruments,
): { metrics: Metrics; observer: UpstreamObserver } {
  const metrics = registry ? createMetrics(registry) : noMetrics
  const watch = createCredentialsWatch({
    clients,
    probe: (client) => probeClient(upstream, client, AbortSignal.timeout(timeouts.token)),
    log: app.log,
  })
  metrics.watch({
    clientIds: clients.map(({ clientId }) => clientId),
    isRefused: watch.isRefused,
    openConnections: () => connectionsOf(app),
  })
  readiness?.watch(watch.problems)
  countRequests(app, metrics)
  return {
    metrics,
    observer: {
      answered: (outcome, seconds) => metrics.upstreamAnswered('token', outcome, seconds),
      judged: watch.heard,
    },
  }
}

function connectionsOf({ server }: FastifyInstance): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
  })
}
