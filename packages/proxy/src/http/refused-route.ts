import type { FastifyInstance, HTTPMethods } from 'fastify'
import type { OAuthError } from './errors.ts'

/** A route that answers with nothing but an error. */
export function refuseRoute(
  app: FastifyInstance,
  url: string,
  method: HTTPMethods[],
  error: () => OAuthError,
): void {
  const refuse = async () => {
    throw error()
  }
  // onRequest comes before the body is read, of whatever type it is.
  app.route({ method, url, onRequest: refuse, handler: refuse })
}
