import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { invalidRequest, OAuthError, unexpected } from './errors.ts'
import { factsOf } from './request-facts.ts'

/** RFC 6749 section 5.1 wants both on every answer that may hold a token. */
export const noStore = { 'cache-control': 'no-store', pragma: 'no-cache' } as const

/** Answers any error in the form of RFC 6749 section 5.2. */
export function answerError(
  error: FastifyError | OAuthError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const answer = toOAuthError(error, request)
  return reply
    .code(answer.status)
    .headers({ ...noStore, ...answer.headers })
    .send(errorBody(answer))
}

/** RFC 6749 section 5.2. */
export function errorBody({ code, message }: OAuthError): object {
  return { error: code, error_description: message }
}

/** What may be said of an error, which the log and the metrics are told too. */
export function toOAuthError(
  error: FastifyError | OAuthError,
  request: Pick<FastifyRequest, 'log' | 'raw'>,
): OAuthError {
  const answer = error instanceof OAuthError ? error : judgeError(error)
  recordRefusal(answer, request)
  if (answer.reason === 'unexpected') request.log.error({ err: error }, 'unexpected error')
  return answer
}

function judgeError({ statusCode = 500 }: FastifyError): OAuthError {
  if (statusCode < 400 || statusCode > 499) return unexpected()
  return invalidRequest(descriptions[statusCode] ?? "The request can't be read.", statusCode)
}

/** Lets an operator see why something is refused, in the very words that the client gets. */
export function recordRefusal(
  { code, status, message, reason }: OAuthError,
  request: Pick<FastifyRequest, 'log' | 'raw'>,
): void {
  Object.assign(factsOf(request), { error: code, reason })
  request.log.info({ error: code, status }, message)
}

const descriptions: Readonly<Record<number, string>> = {
  413: 'The request body is too large.',
  415: 'This Content-Type is not accepted here.',
}
