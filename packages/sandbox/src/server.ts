import formbody from '@fastify/formbody'
import Fastify, { type FastifyInstance } from 'fastify'
import { parseParameters } from './parameters.ts'
import { answerError } from './refusal.ts'
import type { SandboxOptions } from './settings.ts'

/** A Fastify that speaks in Roambi's forms and errors, without a route yet. */
export function createServer(logger: NonNullable<SandboxOptions['logger']>): FastifyInstance {
  const app = Fastify({
    logger,
    forceCloseConnections: true,
    routerOptions: { querystringParser: parseParameters },
    ajv: { customOptions: { removeAdditional: false, verbose: true } },
  })
  app.register(formbody, { parser: parseParameters })
  app.setErrorHandler(answerError)
  app.setNotFoundHandler((request, reply) => {
    const error_description = `There is no ${request.method} ${request.url}`
    reply.code(404).send({ error: 'not_found', error_description })
  })
  return app
}

/** The address to open in a browser; only known once the server listens. */
export function urlOf(app: FastifyInstance, host: string): string {
  const url = new URL(app.listeningOrigin)
  if (['localhost', '0.0.0.0', '::'].includes(host)) url.hostname = 'localhost'
  return url.origin
}
