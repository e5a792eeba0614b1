import Fastify, { type FastifyInstance } from 'fastify'
import { clientsOf } from './check-options.ts'
import { originsOf } from './client.ts'
import { answerError } from './error-answer.ts'
import { notFound } from './errors.ts'
import { logSerializers } from './log.ts'
import type { RoambiProxyOptions } from './options.ts'
import { readableFor } from './origin.ts'
import { roambiProxy } from './plugin.ts'
import { answerUnreadable } from './unreadable-request.ts'

export type ServerSettings = RoambiProxyOptions & ServerOptions

export interface ServerOptions {
  /** One of pino's: `trace` … `fatal`, or `silent`. Default `info`. */
  logLevel?: string
}

/**
 * A Fastify server with nothing on it but the proxy and `GET /healthz`.
 *
 * ```ts
 * const server = createServer({ clientId: '3d7c…', …, logLevel: 'warn' })
 * await server.listen({ port: 4001 })
 * ```
 *
 * `ready()` and `listen()` reject with InvalidOptions, whose message names each option that is wrong.
 *
 * @param logDestination Gets each line of the log, JSON with its newline. Default standard output.
 */
export function createServer(
  { logLevel = 'info', ...options }: ServerSettings,
  logDestination: { write(line: string): void } = process.stdout,
): FastifyInstance {
  const app = Fastify({
    logger: { level: logLevel, serializers: logSerializers, stream: logDestination },
    // For a malformed URL no hook runs, and so no @fastify/cors.
    frameworkErrors: (error, request, reply) => {
      reply.headers(readableFor(originsOf(clientsOf(options)), request.headers.origin))
      answerError(error, request, reply)
    },
    clientErrorHandler: answerUnreadable,
    // Node's own default, which Fastify switches off.
    requestTimeout: 300_000,
    return503OnClosing: false,
  })
  app.setErrorHandler(answerError)
  app.setNotFoundHandler(() => {
    throw notFound()
  })
  app.get('/healthz', { logLevel: 'warn' }, () => ({ status: 'ok' }))
  hangUpWhenClosing(app)
  app.register(roambiProxy, options)
  return app
}

// A connection that is busy when the server starts to close would else be kept alive for 72 s.
function hangUpWhenClosing(app: FastifyInstance): void {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onResponse', async () => {
    if (closing) setImmediate(() => app.server.closeIdleConnections())
  })
}
