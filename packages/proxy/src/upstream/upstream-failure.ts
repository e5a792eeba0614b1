import {
  badGateway,
  brokenOff,
  type OAuthError,
  overloaded,
  timedOut,
  unavailable,
} from '../http/errors.ts'

/**
 * How a request to the upstream can fail without an answer. Only of `unreachable` and `overloaded` is
 * it certain that nothing was sent; the former may be repeated at once.
 */
export type UpstreamFailure = 'unreachable' | 'overloaded' | 'timeout' | 'reset' | 'unreadable'

export function failureOf(error: unknown): UpstreamFailure {
  const code = codeOf(error) ?? ''
  if (untrustedCertificate.test(code)) return 'unreachable'
  const { name = '' } = error as { name?: string }
  return failures[code] ?? failures[name] ?? 'reset'
}

/** Of the error's members the one that is safe to be logged: a message may quote what was received. */
export function codeOf(error: unknown): string | undefined {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : undefined
}

// Node's names for a certificate that it does not trust, all of which come before the request is
// sent. An alert of the other side (ERR_SSL_…) may come after it.
const untrustedCertificate = /^(CERT_|ERR_TLS_CERT_|UNABLE_TO_)|SELF_SIGNED_CERT/

const failures: Readonly<Record<string, UpstreamFailure>> = {
  ECONNREFUSED: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  UND_ERR_CONNECT_TIMEOUT: 'unreachable',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  HPE_INVALID_STATUS: 'unreadable',
  UND_ERR_HEADERS_OVERFLOW: 'unreadable',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'unreadable',
  // By name, since they come without a code of their own.
  TimeoutError: 'timeout',
  HTTPParserError: 'unreadable',
}

/** A 503 says that nothing was done, so that the app may send any request again. */
export function failureAnswer(failure: UpstreamFailure): OAuthError {
  switch (failure) {
    case 'unreachable':
      return unavailable(undefined, 'upstream_unreachable')
    case 'overloaded':
      return overloaded()
    case 'reset':
      return brokenOff()
    case 'timeout':
      return timedOut()
    case 'unreadable':
      return badGateway()
  }
}
