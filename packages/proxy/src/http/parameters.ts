// How OAuth parameters are read, of forms and of queries alike.
import { invalidRequest, type OAuthError } from './errors.ts'

/** As a parser gives them: a repeated parameter is a list. */
export type RawParameters = Readonly<Record<string, string | readonly string[] | undefined>>

export type Parameters = Readonly<Record<string, string>>

/**
 * RFC 6749 sections 3.1 and 3.2: no parameter more than once, and an empty one counts as absent.
 * Section 2.3: no credentials, since the client is a public one. Throws OAuthError.
 */
export function readParameters(raw: RawParameters): Parameters {
  const parameters: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(raw)) {
    if (typeof value === 'object') throw invalidRequest('A parameter is sent more than once.')
    if (value) parameters[name] = value
  }
  if (credentials.some((name) => name in parameters)) throw secretInBrowser()
  return parameters
}

export const credentials: readonly string[] = [
  'client_secret',
  'client_assertion',
  'username',
  'password',
]

export const secretInBrowser = (): OAuthError =>
  invalidRequest('Send no credentials: the client secret belongs on the proxy, which adds it.')

/** Throws OAuthError. */
export function required(
  parameters: Parameters,
  name: string,
  pattern: RegExp = /^[\x20-\x7e]{1,8192}$/,
): string {
  return optional(parameters, name, pattern) ?? refuse(`${name} is required.`)
}

/** Throws OAuthError. */
export function optional(
  parameters: Parameters,
  name: string,
  pattern: RegExp,
): string | undefined {
  const value = parameters[name]
  if (value !== undefined && !pattern.test(value)) throw invalidRequest(`${name} is malformed.`)
  return value
}

/** A SHA-256 as base64url: a code challenge (RFC 7636 section 4.2), a thumbprint of a key (RFC 7638). */
export const sha256Text: RegExp = /^[\w-]{43}$/

function refuse(description: string): never {
  throw invalidRequest(description)
}
