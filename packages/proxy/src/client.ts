import { invalidRequest } from './http/errors.ts'

/** An app that signs its users in here, as it is registered with Roambi. */
export interface Client {
  readonly clientId: string
  /** In the order in which they are tried: while the secret is being changed there are two. */
  readonly clientSecrets: readonly string[]
  readonly redirectUris: readonly string[]
  readonly allowedOrigins: readonly string[]
}

/** Of all clients: the API does not tell whose an access token is. */
export function originsOf(clients: readonly Pick<Client, 'allowedOrigins'>[]): string[] {
  return [...new Set(clients.flatMap(({ allowedOrigins }) => allowedOrigins))]
}

/** RFC 9700 section 4.1.3: compared character by character. Throws OAuthError. */
export function listedRedirectUri(
  redirectUri: unknown,
  { redirectUris }: Pick<Client, 'redirectUris'>,
): string {
  if (typeof redirectUri === 'string' && redirectUris.includes(redirectUri)) return redirectUri
  throw invalidRequest('redirect_uri is not among the allowed ones of this client.')
}
