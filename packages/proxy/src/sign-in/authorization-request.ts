// Which authorization requests may go on to Roambi. Nothing is asked here.
import { type Client, listedRedirectUri } from '../client.ts'
import { invalidRequest, invalidScope, unsupportedResponseType } from '../http/errors.ts'
import {
  optional,
  type RawParameters,
  readParameters,
  required,
  sha256Text,
} from '../http/parameters.ts'

/** Who gets the authorization response (RFC 6749 section 4.1.2). */
export interface Recipient {
  readonly clientId: string
  readonly redirectUri: string
  /** The app's own, as it came. */
  readonly state?: string | undefined
}

/** RFC 6749 section 4.1.1, with RFC 7636 and RFC 9449 section 10. */
export interface AuthorizationRequest extends Recipient {
  readonly codeChallenge: string
  readonly jkt?: string | undefined
  /** What is granted, where the app has asked for something. */
  readonly scope?: string | undefined
}

/**
 * Comes first: an answer, be it a refusal, goes to nobody but a redirect URI of this client
 * (RFC 6749 section 4.1.2.1). Throws OAuthError.
 */
export function judgeRecipient(query: RawParameters, client: Client): Recipient {
  const { redirect_uri, state } = query
  const redirectUri = listedRedirectUri(redirect_uri, client)
  const isUsable = typeof state === 'string' && statePattern.test(state)
  return { clientId: client.clientId, redirectUri, state: isUsable ? state : undefined }
}

/** Throws OAuthError, of which the recipient is to be told. */
export function judgeAuthorizationRequest(
  query: RawParameters,
  recipient: Recipient,
): AuthorizationRequest {
  const parameters = readParameters(query)
  if (required(parameters, 'response_type') !== 'code') throw unsupportedResponseType()
  optional(parameters, 'response_mode', /^query$/)
  optional(parameters, 'state', statePattern)
  // RFC 7636 section 4.3: an absent method means plain.
  if (parameters.code_challenge_method !== 'S256') {
    throw invalidRequest('code_challenge_method must be S256.')
  }
  return {
    ...recipient,
    codeChallenge: required(parameters, 'code_challenge', sha256Text),
    jkt: optional(parameters, 'dpop_jkt', sha256Text),
    scope: grantedScope(parameters.scope),
  }
}

/**
 * RFC 6749 section 3.3. Roambi knows no scopes, so any name is granted; not `openid`, which would
 * promise an ID token.
 */
function grantedScope(asked: string | undefined): string | undefined {
  if (asked !== undefined && !scopePattern.test(asked)) throw invalidScope()
  const names = asked?.split(' ').filter((name) => name !== '' && name !== 'openid')
  return names && (names.join(' ') || 'api')
}

// Both travel in a cookie, next to those of other sign-ins.
const statePattern = /^[\x20-\x7e]{1,512}$/
const scopePattern = /^[\x20\x21\x23-\x5b\x5d-\x7e]{1,256}$/
