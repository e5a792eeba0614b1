export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'invalid_scope'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'
  | 'server_error'
  | 'temporarily_unavailable'
  | 'unsupported_token_type'

/** What the metrics call a refusal: the code, or more exactly where an operator would ask on. */
export type RefusalReason =
  | OAuthErrorCode
  | 'foreign_origin'
  | 'unknown_address'
  | 'method'
  | 'no_access_token'
  | 'unknown_sign_in'
  | 'rate_limit'
  | 'overloaded'
  | 'redis_gone'
  | 'unexpected'
  | 'upstream_invalid_grant'
  | 'upstream_credentials'
  | 'upstream_rate_limit'
  | 'upstream_unavailable'
  | 'upstream_unreachable'
  | 'upstream_reset'
  | 'upstream_timeout'
  | 'upstream_unusable'

/**
 * What the proxy answers when it can't answer with tokens: RFC 6749 section 5.2, and for faults
 * that are not the app's the customary `server_error` and `temporarily_unavailable`.
 * It never carries anything of the request or of the upstream's answer.
 */
export class OAuthError extends Error {
  override readonly name = 'OAuthError'
  readonly code: OAuthErrorCode
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly reason: RefusalReason

  constructor(
    code: OAuthErrorCode,
    status: number,
    description: string,
    headers: Record<string, string> = {},
    reason: RefusalReason = code,
  ) {
    super(description)
    this.code = code
    this.status = status
    this.headers = headers
    this.reason = reason
  }
}

export const invalidRequest = (
  description: string,
  status = 400,
  reason?: RefusalReason,
): OAuthError => new OAuthError('invalid_request', status, description, {}, reason)

export const invalidClient = (): OAuthError =>
  new OAuthError('invalid_client', 400, 'client_id is missing, or unknown to this proxy.')

export const invalidGrant = (reason?: RefusalReason): OAuthError =>
  new OAuthError(
    'invalid_grant',
    400,
    'The code or refresh token is not valid. Sign in again.',
    {},
    reason,
  )

export const unsupportedGrantType = (): OAuthError =>
  new OAuthError(
    'unsupported_grant_type',
    400,
    'grant_type must be authorization_code or refresh_token.',
  )

export const unsupportedResponseType = (): OAuthError =>
  new OAuthError('unsupported_response_type', 400, 'response_type must be code.')

export const invalidScope = (): OAuthError =>
  new OAuthError('invalid_scope', 400, 'scope is malformed.')

/** A callback without its transaction: the browser is another one, or it took too long. */
export const unknownTransaction = (): OAuthError =>
  invalidRequest(
    'This sign-in is not under way in this browser: it is over, took more than ten minutes, or began elsewhere.',
    400,
    'unknown_sign_in',
  )

export const invalidDpopProof = (): OAuthError =>
  new OAuthError('invalid_dpop_proof', 400, 'The DPoP proof is not valid for this request.')

/** RFC 9449 section 8. */
export const useDpopNonce = (nonce: string): OAuthError =>
  new OAuthError('use_dpop_nonce', 400, 'Send a DPoP proof with the nonce of this answer.', {
    'dpop-nonce': nonce,
  })

export const foreignOrigin = (): OAuthError =>
  invalidRequest('This origin is not among the allowed ones.', 403, 'foreign_origin')

export const notFound = (): OAuthError =>
  invalidRequest('There is nothing at this address.', 404, 'unknown_address')

export const methodNotAllowed = (allow: string): OAuthError =>
  new OAuthError('invalid_request', 405, `Only ${allow} is allowed here.`, { allow }, 'method')

export const missingBearerToken = (): OAuthError => {
  const headers = { 'www-authenticate': 'Bearer' }
  const description = 'This address needs an access token.'
  return new OAuthError('invalid_request', 401, description, headers, 'no_access_token')
}

export const rateLimited = (retryAfter = 30, reason: RefusalReason = 'rate_limit'): OAuthError =>
  later(429, 'No more requests are allowed for now.', reason, retryAfter)

export const unavailable = (
  retryAfter?: number,
  reason: RefusalReason = 'upstream_unavailable',
): OAuthError => later(503, "Roambi can't be reached for now.", reason, retryAfter)

export const brokenOff = (): OAuthError =>
  later(502, 'The connection to Roambi broke.', 'upstream_reset')

/** Of the proxy itself. */
export const overloaded = (): OAuthError =>
  later(503, 'The proxy takes no more requests for now.', 'overloaded')

export const timedOut = (retryAfter?: number): OAuthError =>
  later(504, 'Roambi did not answer in time.', 'upstream_timeout', retryAfter)

/** @param retryAfter in s */
const later = (
  status: number,
  description: string,
  reason: RefusalReason,
  retryAfter = 5,
): OAuthError => {
  const headers = { 'retry-after': String(retryAfter) }
  return new OAuthError('temporarily_unavailable', status, description, headers, reason)
}

export const badGateway = (): OAuthError =>
  new OAuthError('server_error', 502, "Roambi's answer can't be used.", {}, 'upstream_unusable')

export const refusedByUpstream = (): OAuthError =>
  new OAuthError(
    'server_error',
    502,
    'Roambi refuses the credentials of this proxy.',
    {},
    'upstream_credentials',
  )

export const unexpected = (): OAuthError =>
  new OAuthError('server_error', 500, 'Something went wrong in the proxy.', {}, 'unexpected')

/** What must be known before anything is done can't be looked up; nothing is spent or asked. */
export const redisGone = (): OAuthError =>
  later(503, "The proxy can't reach its Redis for now. Nothing is used up.", 'redis_gone', 2)

/** RFC 7009 section 2.2.1. */
export const unsupportedTokenType = (): OAuthError =>
  new OAuthError(
    'unsupported_token_type',
    400,
    "Access tokens can't be revoked: Roambi has nothing for it. Revoke the refresh token.",
  )
