import type { IncomingMessage, ServerResponse } from 'node:http'
import { noStore } from '../http/error-answer.ts'

/** Says why the proxy can't answer: to a person in the sign-in window, or to the app (RFC 6749 section 5.2). */
export function answerProblem(
  sentences: readonly string[],
  { headers: { accept = '' } }: IncomingMessage,
  response: ServerResponse,
): void {
  const isPage = accept.includes('text/html')
  const error = { error: 'server_error', error_description: sentences.join(' ') }
  const type = isPage ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8'
  response.writeHead(500, { ...noStore, 'content-type': type })
  response.end(isPage ? `${sentences.join('\n')}\n` : JSON.stringify(error))
}
