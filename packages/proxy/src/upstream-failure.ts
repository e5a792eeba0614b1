import { badGateway, type OAuthError, timedOut, unavailable } from './errors.ts'

/**
 * How a request to the upstream can fail without an answer. Only of `unreachable` is it certain
 * that nothing was sent, so that the request may be repeated.
 */
export type UpstreamFailure = 'unreachable' | 'timeout' | 'reset' | 'unreadable'

export function failureOf(error: unknown): UpstreamFailure {
  const { name, code } = error as { name?: string; code?: unknown }
  return failures[String(code)] ?? failures[String(name)] ?? 'reset'
}

const failures: Readonly<Record<string, UpstreamFailure>> = {
  ECONNREFUSED: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  UND_ERR_CONNECT_TIMEOUT: 'unreachable',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_OVERFLOW: 'unreadable',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'unreadable',
  // By name, since they come without a code of their own.
  TimeoutError: 'timeout',
  HTTPParserError: 'unreadable',
}

export function failureAnswer(failure: UpstreamFailure): OAuthError {
  switch (failure) {
    case 'unreachable':
    case 'reset':
      return unavailable()
    case 'timeout':
      return timedOut()
    case 'unreadable':
      return badGateway()
  }
}
