// Which forms may pass to the upstream. Nothing is asked here.
import { invalidClient, invalidRequest, type OAuthError, unsupportedGrantType } from './errors.ts'

/** As the form parser gives it: a repeated parameter is a list. */
export type TokenForm = Readonly<Record<string, string | readonly string[] | undefined>>

/** What goes on to the upstream; its members have the names of the wire. */
export interface GrantRequest {
  readonly grant_type: 'authorization_code' | 'refresh_token'
  readonly code?: string
  readonly redirect_uri?: string
  readonly refresh_token?: string
}

export interface Client {
  readonly clientId: string
  readonly redirectUris: readonly string[]
}

/**
 * RFC 6749 sections 4.1.3 and 6, for a public client. As in Roambi's guide, `grant_type` may be
 * missing when a code is exchanged. Throws OAuthError.
 */
export function judgeTokenForm(form: TokenForm, client: Client): GrantRequest {
  const parameters = singleParameters(form)
  if (credentials.some((name) => name in parameters)) throw secretInBrowser()
  if (parameters.client_id !== client.clientId) throw invalidClient()

  switch (grantType(parameters)) {
    case 'authorization_code':
      return {
        grant_type: 'authorization_code',
        code: required(parameters, 'code'),
        redirect_uri: listedRedirectUri(required(parameters, 'redirect_uri'), client),
      }
    case 'refresh_token':
      return {
        grant_type: 'refresh_token',
        refresh_token: required(parameters, 'refresh_token'),
        ...(parameters.code && { code: required(parameters, 'code') }),
        ...(parameters.redirect_uri && {
          redirect_uri: listedRedirectUri(parameters.redirect_uri, client),
        }),
      }
    default:
      throw unsupportedGrantType()
  }
}

/** RFC 6749 section 3.2: they belong in the body, since a URL ends up in logs. Throws OAuthError. */
export function refuseParametersInQuery(query: TokenForm): void {
  if ([...credentials, 'code', 'refresh_token'].some((name) => name in query)) {
    throw invalidRequest('The parameters belong in the body, not in the query.')
  }
}

export const secretInBrowser = (): OAuthError =>
  invalidRequest('Send no credentials: the client secret belongs on the proxy, which adds it.')

type Parameters = Readonly<Record<string, string>>

const credentials = ['client_secret', 'client_assertion', 'username', 'password']

// RFC 6749 section 3.2: no parameter more than once, and an empty one counts as absent.
function singleParameters(form: TokenForm): Parameters {
  const parameters: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(form)) {
    if (typeof value === 'object') throw invalidRequest('A parameter is sent more than once.')
    if (value) parameters[name] = value
  }
  return parameters
}

function grantType({ grant_type, code, refresh_token }: Parameters): string {
  if (grant_type) return grant_type
  if (code && !refresh_token) return 'authorization_code'
  throw invalidRequest('grant_type is required.')
}

function required(parameters: Parameters, name: string): string {
  const value = parameters[name]
  if (!value) throw invalidRequest(`${name} is required.`)
  if (!/^[\x20-\x7e]{1,4096}$/.test(value)) throw invalidRequest(`${name} is malformed.`)
  return value
}

function listedRedirectUri(redirectUri: string, { redirectUris }: Client): string {
  if (redirectUris.includes(redirectUri)) return redirectUri
  throw invalidRequest('redirect_uri is not among the allowed ones of this proxy.')
}
