import replyFrom from '@fastify/reply-from'
import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify'
import { Pool } from 'undici'
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
  const pool = new Pool(origin, {
    connections: 128,
    connect: { timeout: timeouts.connect },
    headersTimeout: timeouts.api,
    bodyTimeout: timeouts.api,
  })
  app.addHook('onClose', () => pool.destroy())

  await app.register(replyFrom, {
    base: origin,
    undici: pool,
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
    handler: (request, reply) =>
      reply.from(basePath + pathOf(request.url).slice(app.prefix.length - 1), {
        rewriteRequestHeaders: (_request, headers) => apiRequestHeaders(headers),
        rewriteHeaders: apiAnswerHeaders,
        onError: (_reply, { error }) => {
          reply.send(failureAnswer(failureOf(error.cause ?? error)))
        },
      }),
  })

  async function refuseAmbiguousPath({ url }: FastifyRequest): Promise<void> {
    const path = pathOf(url)
    if (!path.startsWith(app.prefix) || ambiguous.test(path)) {
      throw invalidRequest('The path must be in its plain form.')
    }
  }
}

// Servers read dot segments, encoded slashes and backslashes in different ways, so that a path
// could reach more of the upstream than what lies under `apiUrl`.
const ambiguous = /\/(\.|%2e){1,2}([/;]|$)|%2f|%5c|[\\#]/i

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? ''
}

// RFC 6750 section 2.1.
async function requireBearerToken({ headers }: FastifyRequest): Promise<void> {
  if (!/^Bearer +[\w.~+/-]+=*$/i.test(headers.authorization ?? '')) throw missingBearerToken()
}
