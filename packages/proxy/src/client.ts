import { invalidRequest } from './errors.ts'

/** The one client of this deployment: the app. */
export interface Client {
  readonly clientId: string
  readonly redirectUris: readonly string[]
}

/** RFC 9700 section 4.1.3: compared character by character. Throws OAuthError. */
export function listedRedirectUri(redirectUri: unknown, { redirectUris }: Client): string {
  if (typeof redirectUri === 'string' && redirectUris.includes(redirectUri)) return redirectUri
  throw invalidRequest('redirect_uri is not among the allowed ones of this proxy.')
}
