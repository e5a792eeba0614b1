import replyFrom, { type FastifyReplyFromHooks } from '@fastify/reply-from'
import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify'
import { createApiPool } from './api-pool.ts'
import { invalidRequest, missingBearerToken } from './errors.ts'
import { apiAnswerHeaders, apiRequestHeaders } from './forwarded-headers.ts'
import type { CheckedOptions } from './options.ts'
import { failureAnswer, failureOf } from './upstream-failure.ts'

export const apiMethods: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Forwards what carries an access token to the upstream, as a stream both ways. */
export async function forwardApi(
  app: FastifyInstance,
  { apiUrl, timeouts }: Pick<CheckedOptions, 'apiUrl' | 'timeouts'>,
): Promise<void> {
  const { origin, pathname } = new URL(apiUrl)
  const basePath = pathname.replace(/\/$/, '')
  const pool = createApiPool({ apiUrl, timeouts })
  app.addHook('onClose', () => pool.destroy())

  await app.register(replyFrom, {
    base: origin,
    undici: { request: pool.request },
    disableRequestLogging: true,
    // With GET in this list a 503 would be asked again, up to ten times.
    retryMethods: [],
  })

  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))

  app.route({
    method: apiMethods,
    url: '/*',
    onRequest: [requireBearerToken, refuseAmbiguousPath],
    handler: (request, reply) => {
      const source = basePath + pathOf(request.url).slice(app.prefix.length - 1)
      return pool.untilHangup(reply.raw, () => reply.from(source, forwarding))
    },
  })

  async function refuseAmbiguousPath({ url }: FastifyRequest): Promise<void> {
    const path = pathOf(url)
    if (!path.startsWith(app.prefix) || ambiguous.test(path)) {
      throw invalidRequest('The path must be in its plain form.')
    }
  }
}

const forwarding: FastifyReplyFromHooks = {
  rewriteRequestHeaders: (_request, headers) => apiRequestHeaders(headers),
  rewriteHeaders: apiAnswerHeaders,
  onError: (reply, { error }) => {
    reply.send(failureAnswer(failureOf(error.cause ?? error)))
  },
}

// Servers read dot segments, encoded slashes and backslashes in different ways, so that a path
// could reach more of the upstream than what lies under `apiUrl`.
const ambiguous = /\/(\.|%2e){1,2}([/;]|$)|%2f|%5c|[\\#]/i

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? ''
}

// RFC 6750 section 2.1. What `Connection` names is not passed on (RFC 9110 section 7.6.1).
async function requireBearerToken({ headers }: FastifyRequest): Promise<void> {
  const { authorization = '', connection = '' } = headers
  const isPassedOn = !/(^|,)\s*authorization\s*(,|$)/i.test(connection)
  if (!isPassedOn || !/^Bearer +[\w.~+/-]+=*$/i.test(authorization)) throw missingBearerToken()
}
