import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { ProxyTrust } from './trusted-proxies.ts'

/**
 * The id of each request: that of a trusted proxy in front, so that its log and this one can be laid
 * side by side, or else a random one. An app's is not taken over: it could be a token.
 */
export function createRequestIds(isTrusted: ProxyTrust): (request: IncomingMessage) => string {
  return ({ headers, socket }) => {
    const { 'x-request-id': given } = headers
    const isGood = typeof given === 'string' && /^[\w.-]{1,64}$/.test(given)
    return isGood && isTrusted(socket.remoteAddress) ? given : randomBytes(12).toString('base64url')
  }
}

/** Tells each app the id of its request. */
export function tellRequestIds(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ id }, reply) => {
    reply.header('x-request-id', id)
  })
}
