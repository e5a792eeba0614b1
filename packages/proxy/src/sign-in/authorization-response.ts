import type { FastifyRequest } from 'fastify'
import { recordRefusal } from '../http/error-answer.ts'
import { OAuthError } from '../http/errors.ts'
import { factsOf } from '../http/request-facts.ts'
import type { Recipient } from './authorization-request.ts'

export type AuthorizationResponse =
  | { readonly code: string }
  | { readonly error: string; readonly error_description: string }

/**
 * The URL of a redirect to the app: RFC 6749 sections 4.1.2 and 4.1.2.1, with the `iss` of RFC 9207.
 * No redirect to the app is made elsewhere.
 */
export function authorizationResponseUrl(
  issuer: string,
  { redirectUri, state }: Pick<Recipient, 'redirectUri' | 'state'>,
  response: AuthorizationResponse,
): string {
  const parameters = new URLSearchParams({ ...response, ...(state && { state }), iss: issuer })
  // Appended as text: a parser would rewrite the redirect URI.
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${parameters}`
}

/** A refusal of the proxy's own, which the log is told too. Throws on what is none. */
export function ownRefusal(error: unknown, request: FastifyRequest): AuthorizationResponse {
  if (!(error instanceof OAuthError)) throw error
  recordRefusal(error, request)
  return { error: registered(error.code), error_description: error.message }
}

/** What Roambi has refused with: the registered codes and characters, and no link. */
export function upstreamRefusal(
  error: string,
  description: string | undefined,
  request: FastifyRequest,
): AuthorizationResponse {
  const code = registered(error)
  factsOf(request).error = code
  const readable = (description ?? '').replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '').slice(0, 200)
  return { error: code, error_description: readable || 'Roambi gave no reason.' }
}

function registered(code: string): string {
  return errorCodes.includes(code) ? code : 'server_error'
}

// RFC 6749 section 4.1.2.1.
const errorCodes = [
  'invalid_request',
  'unauthorized_client',
  'access_denied',
  'unsupported_response_type',
  'invalid_scope',
  'server_error',
  'temporarily_unavailable',
]
