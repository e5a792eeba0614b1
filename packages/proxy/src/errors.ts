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

  constructor(
    code: OAuthErrorCode,
    status: number,
    description: string,
    headers: Record<string, string> = {},
  ) {
    super(description)
    this.code = code
    this.status = status
    this.headers = headers
  }
}

export const invalidRequest = (description: string, status = 400): OAuthError =>
  new OAuthError('invalid_request', status, description)

export const invalidClient = (): OAuthError =>
  new OAuthError('invalid_client', 400, 'client_id is missing, or unknown to this proxy.')

export const invalidGrant = (): OAuthError =>
  new OAuthError('invalid_grant', 400, 'The code or refresh token is not valid. Sign in again.')

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
  )

export const invalidDpopProof = (): OAuthError =>
  new OAuthError('invalid_dpop_proof', 400, 'The DPoP proof is not valid for this request.')

/** RFC 9449 section 8. */
export const useDpopNonce = (nonce: string): OAuthError =>
  new OAuthError('use_dpop_nonce', 400, 'Send a DPoP proof with the nonce of this answer.', {
    'dpop-nonce': nonce,
  })

export const foreignOrigin = (): OAuthError =>
  invalidRequest('This origin is not among the allowed ones.', 403)

export const notFound = (): OAuthError => invalidRequest('There is nothing at this address.', 404)

export const methodNotAllowed = (allow: string): OAuthError =>
  new OAuthError('invalid_request', 405, `Only ${allow} is allowed here.`, { allow })

export const missingBearerToken = (): OAuthError =>
  new OAuthError('invalid_request', 401, 'This address needs an access token.', {
    'www-authenticate': 'Bearer',
  })

export const rateLimited = (retryAfter = 30): OAuthError =>
  new OAuthError('temporarily_unavailable', 429, 'No more requests are allowed for now.', {
    'retry-after': String(retryAfter),
  })

export const unavailable = (retryAfter = 5): OAuthError =>
  new OAuthError('temporarily_unavailable', 503, "Roambi can't be reached for now.", {
    'retry-after': String(retryAfter),
  })

/** Of the proxy itself. */
export const overloaded = (): OAuthError =>
  new OAuthError('temporarily_unavailable', 503, 'The proxy takes no more requests for now.', {
    'retry-after': '5',
  })

export const timedOut = (): OAuthError =>
  new OAuthError('temporarily_unavailable', 504, 'Roambi did not answer in time.', {
    'retry-after': '5',
  })

export const badGateway = (): OAuthError =>
  new OAuthError('server_error', 502, "Roambi's answer can't be used.")

export const refusedByUpstream = (): OAuthError =>
  new OAuthError('server_error', 502, 'Roambi refuses the credentials of this proxy.')

export const unexpected = (): OAuthError =>
  new OAuthError('server_error', 500, 'Something went wrong in the proxy.')
