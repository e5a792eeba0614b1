import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { RefusalReason } from '../http/errors.ts'

/** What is counted. Each label is one of a fixed set: nothing that was sent can become one. */
export interface Metrics {
  requestBegan(endpoint: Endpoint): void
  /** @param clientId of one of this proxy's clients */
  requestEnded(endpoint: Endpoint, clientId: string | undefined, outcome: string): void
  refused(reason: RefusalReason): void
  /** @param seconds until Roambi had answered, or failed to */
  upstreamAnswered(endpoint: 'token' | 'api', outcome: string, seconds: number): void
  redisFailed(use: string): void
  /** Asks for what is looked up each time the metrics are read. */
  watch(states: WatchedStates): void
}

export type Endpoint =
  | 'authorize'
  | 'callback'
  | 'token'
  | 'revoke'
  | 'api'
  | 'metadata'
  | 'preflight'
  | 'other'

export interface WatchedStates {
  openConnections(): Promise<number>
  readonly clientIds: readonly string[]
  isRefused(clientId: string): boolean
}

/** Throws when the registry has metrics of these names already: one proxy, one registry. */
export function createMetrics(registry: Registry): Metrics {
  const registers = [registry]
  const requests = new Counter({
    name: 'roambi_proxy_requests_total',
    help: 'Requests that are over, by what they came to.',
    labelNames: ['endpoint', 'client', 'outcome'],
    registers,
  })
  const inFlight = new Gauge({
    name: 'roambi_proxy_requests_in_flight',
    help: 'Requests that are not over.',
    labelNames: ['endpoint'],
    registers,
  })
  const refusals = new Counter({
    name: 'roambi_proxy_refused_total',
    help: 'Requests that were answered with an error of the proxy, by its reason.',
    labelNames: ['reason'],
    registers,
  })
  const upstream = new Histogram({
    name: 'roambi_proxy_upstream_seconds',
    help: 'How long Roambi took: for the whole of a token answer, for the head of an API answer.',
    labelNames: ['endpoint', 'outcome'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  })
  const redisFailures = new Counter({
    name: 'roambi_proxy_redis_failures_total',
    help: 'What could not be asked of Redis, by what it was for.',
    labelNames: ['use'],
    registers,
  })

  return {
    requestBegan: (endpoint) => inFlight.inc({ endpoint }),
    requestEnded(endpoint, client = 'unknown', outcome) {
      inFlight.dec({ endpoint })
      requests.inc({ endpoint, client, outcome })
    },
    refused: (reason) => refusals.inc({ reason }),
    upstreamAnswered: (endpoint, outcome, seconds) =>
      upstream.observe({ endpoint, outcome }, seconds),
    redisFailed: (use) => redisFailures.inc({ use }),
    watch: (states) => watch(states, registers),
  }
}

function watch(
  { openConnections, clientIds, isRefused }: WatchedStates,
  registers: Registry[],
): void {
  new Gauge({
    name: 'roambi_proxy_open_connections',
    help: 'Connections to the server.',
    registers,
    async collect() {
      this.set(await openConnections())
    },
  })
  new Gauge({
    name: 'roambi_proxy_credentials_refused',
    help: '1 while Roambi refuses the credentials of this client.',
    labelNames: ['client'],
    registers,
    collect() {
      for (const client of clientIds) this.set({ client }, isRefused(client) ? 1 : 0)
    },
  })
}

/** Where nobody reads them. */
export const noMetrics: Metrics = {
  requestBegan() {},
  requestEnded() {},
  refused() {},
  upstreamAnswered() {},
  redisFailed() {},
  watch() {},
}
