import replyFrom, { type FastifyReplyFromHooks } from '@fastify/reply-from'
import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify'
import { invalidRequest, missingBearerToken } from '../http/errors.ts'
import type { CheckedOptions } from '../options.ts'
import { failureAnswer, failureOf } from '../upstream/upstream-failure.ts'
import { createApiPool } from './api-pool.ts'
import { apiAnswerHeaders, apiRequestHeaders, namedByConnection } from './forwarded-headers.ts'

export const apiMethods: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Forwards what carries an access token to the upstream, as a stream both ways. */
export async function forwardApi(
  app: FastifyInstance,
  { apiUrl, timeouts }: Pick<CheckedOptions, 'apiUrl' | 'timeouts'>,
): Promise<void> {
  const { origin, pathname } = new URL(apiUrl)
  const basePath = pathname.replace(/\/$/, '')
  const pool = createApiPool({ apiUrl, timeouts })
  // An app that neither sends nor reads would keep its place for ever. When it is the upstream that is
  // silent, that has been answered by then.
  const longestSilence = timeouts.connect + timeouts.api + margin
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
    onRequest: [requireBearerToken, refuseAmbiguousPath, refuseOtherCodings],
    handler: (request, reply) => {
      const source = basePath + pathOf(request.url).slice(app.prefix.length - 1)
      reply.raw.setTimeout(longestSilence, () => reply.raw.destroy())
      return pool.untilHangup(reply.raw, () => reply.from(source, forwarding))
    },
  })

  async function refuseAmbiguousPath({ url }: FastifyRequest): Promise<void> {
    const path = pathOf(url)
    if (!path.startsWith(app.prefix) || ambiguous.test(path) || url.includes('#')) {
      throw invalidRequest('The path must be in its plain form.')
    }
  }
}

/** In ms: undici is late by a second. */
const margin = 3000

const forwarding: FastifyReplyFromHooks = {
  rewriteRequestHeaders: (_request, headers) => apiRequestHeaders(headers),
  rewriteHeaders: apiAnswerHeaders,
  onResponse: (_request, reply, { stream }) => {
    if (reply.statusCode !== 304) return reply.send(stream)
    // A 304 may have the length of the body that it leaves out (RFC 9110 section 8.6), which undici
    // takes for a body that is lost.
    stream.on('error', () => {}).resume()
    reply.send()
  },
  onError: (reply, { error }) => {
    // Nobody reads the rest of the body, so that the app could send nothing else on this connection.
    if (!reply.request.raw.complete) reply.header('connection', 'close')
    reply.send(failureAnswer(failureOf(error.cause ?? error)))
  },
}

// Servers read dot segments, encoded slashes, backslashes and control characters in different ways,
// so that a path could reach more of the upstream than what lies under `apiUrl`. What is encoded
// twice (%252e) stays as it is, since it is to be decoded once (RFC 3986 section 2.4).
const ambiguous = /\/(\.|%2e){1,2}([/;]|%3b|$)|%2f|%5c|%[01][\da-f]|%7f|[^!-~]|\\/i

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? ''
}

// RFC 6750 section 2.1.
async function requireBearerToken({ headers }: FastifyRequest): Promise<void> {
  const { authorization = '' } = headers
  const isPassedOn = !namedByConnection(headers).includes('authorization')
  if (!isPassedOn || !/^Bearer +[\w.~+/-]+=*$/i.test(authorization)) throw missingBearerToken()
}

// RFC 9112 section 6.1. A body that is packed for this hop would be passed on as if it were not.
async function refuseOtherCodings({ headers }: FastifyRequest): Promise<void> {
  const { 'transfer-encoding': coding = 'chunked' } = headers
  if (!/^chunked$/i.test(coding)) throw invalidRequest('Only chunked is read here.', 501)
}
