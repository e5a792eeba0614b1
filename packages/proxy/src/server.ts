import underPressure from '@fastify/under-pressure'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { clientsOf } from './check-options.ts'
import { originsOf } from './client.ts'
import { answerError } from './http/error-answer.ts'
import { invalidRequest, notFound } from './http/errors.ts'
import { answerExpectations } from './http/expectation.ts'
import { readableFor } from './http/origin.ts'
import { keepTurns, type Turns } from './http/turns.ts'
import { answerUnreadable } from './http/unreadable-request.ts'
import { drainWhenClosing } from './operations/drain.ts'
import { logSerializers } from './operations/log.ts'
import { serveMetrics } from './operations/metrics-server.ts'
import { createReadiness, type Readiness } from './operations/readiness.ts'
import { createRequestIds, tellRequestIds } from './operations/request-id.ts'
import { createProxyTrust } from './operations/trusted-proxies.ts'
import type { RoambiProxyOptions } from './options.ts'
import { roambiProxy } from './plugin.ts'

/** What `createServer()` takes: the plugin's options, and the server's own. */
export type ServerSettings = RoambiProxyOptions & ServerOptions

/** What a server of its own needs beside the plugin's options. */
export interface ServerOptions {
  /** One of pino's: `trace` … `fatal`, or `silent`. Default `info`. */
  logLevel?: string
  /**
   * The servers in front, whose `X-Forwarded-For` and `X-Request-Id` are believed: addresses, networks
   * such as `10.0.0.0/8`, or `loopback`, `linklocal`, `uniquelocal`. Default: none.
   */
  trustedProxies?: readonly string[]
  /** The port that serves `GET /metrics`, and nothing else. Default: there is none. */
  metricsPort?: number
  /** The address of {@link metricsPort}. Default `127.0.0.1`. */
  metricsHost?: string
  /**
   * How late the event loop may be on average, in ms, before requests are refused. 0: any. Default
   * 1000.
   */
  maxEventLoopDelay?: number
}

/**
 * A Fastify server with nothing on it but the proxy, `GET /healthz` and `GET /readyz`.
 *
 * @example
 * ```ts
 * import { createServer } from '@roambi-auth/proxy'
 *
 * const server = createServer({
 *   clientId: '3d7c…',
 *   clientSecret: process.env.ROAMBI_CLIENT_SECRET ?? '',
 *   publicUrl: 'https://auth.example.com',
 *   redirectUris: ['https://app.example.com/callback.html'],
 *   allowedOrigins: ['https://app.example.com'],
 *   sealingKeys: (process.env.PROXY_SEALING_KEYS ?? '').split(','),
 *   logLevel: 'warn',
 * })
 * await server.listen({ port: 4001 })
 * ```
 *
 * `ready()` and `listen()` reject with {@link InvalidOptions}, whose message names each option that is
 * wrong.
 *
 * @param logDestination Gets each line of the log, JSON with its newline. Default standard output.
 * @throws RangeError when `trustedProxies` lists what it must not
 */
export function createServer(
  {
    logLevel = 'info',
    trustedProxies = [],
    metricsPort,
    metricsHost = '127.0.0.1',
    maxEventLoopDelay = 1000,
    ...options
  }: ServerSettings,
  logDestination: { write(line: string): void } = process.stdout,
): FastifyInstance {
  const isTrusted = createProxyTrust(trustedProxies)
  let turns: Turns | undefined
  const app = Fastify({
    logger: { level: logLevel, serializers: logSerializers, stream: logDestination },
    trustProxy: isTrusted,
    genReqId: createRequestIds(isTrusted),
    // For a malformed URL no hook runs, and so no @fastify/cors.
    frameworkErrors: (error, request, reply) => {
      reply.headers(readableFor(originsOf(clientsOf(options)), request.headers.origin))
      answerError(error, request, reply.header('x-request-id', request.id))
    },
    clientErrorHandler: (error, socket) => answerUnreadable(error, socket, turns),
    // Node's own default, which Fastify switches off.
    requestTimeout: 300_000,
    return503OnClosing: false,
    // Node would answer by itself, in no form of RFC 6749.
    http: { requireHostHeader: false },
  })
  turns = keepTurns(app.server)
  answerExpectations(app.server, turns)
  app.setErrorHandler(answerError)
  app.setNotFoundHandler(() => {
    throw notFound()
  })
  tellRequestIds(app)
  app.addHook('onRequest', requireHost)
  const { readiness = createReadiness(), registry = registryFor(metricsPort) } = options
  serveHealth(app, readiness)
  drainWhenClosing(app, readiness)
  if (registry && metricsPort !== undefined) {
    serveMetrics(app, registry, { host: metricsHost, port: metricsPort })
  }
  // It measures; what becomes of a request, the plugin decides.
  app.register(underPressure, { maxEventLoopDelay, pressureHandler: () => undefined })
  app.register(roambiProxy, { ...options, readiness, ...(registry && { registry }) })
  return app
}

// RFC 9112 section 3.2.
async function requireHost({ raw: { httpVersion, headers } }: FastifyRequest): Promise<void> {
  if (httpVersion === '1.1' && headers.host === undefined) throw invalidRequest('Host is missing.')
}

function registryFor(metricsPort: number | undefined): Registry | undefined {
  if (metricsPort === undefined) return undefined
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}

// Whoever asks does so every few seconds.
function serveHealth(app: FastifyInstance, readiness: Readiness): void {
  app.get('/healthz', { logLevel: 'warn' }, () => ({ status: 'ok' }))
  app.get('/readyz', { logLevel: 'warn' }, (_request, reply) => {
    const { statusCode, ...report } = readiness.check()
    return reply.code(statusCode).send(report)
  })
}
