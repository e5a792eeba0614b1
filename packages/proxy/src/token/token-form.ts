// Which forms may come to the token endpoint. Nothing is asked here.
import { type Client, listedRedirectUri } from '../client.ts'
import { invalidRequest, unsupportedGrantType } from '../http/errors.ts'
import { optional, type Parameters, required } from '../http/parameters.ts'

export type TokenRequest = CodeRequest | RefreshRequest

export interface CodeRequest {
  readonly grantType: 'authorization_code'
  readonly code: string
  readonly redirectUri: string
  readonly codeVerifier?: string | undefined
}

export interface RefreshRequest {
  readonly grantType: 'refresh_token'
  readonly refreshToken: string
}

/**
 * RFC 6749 sections 4.1.3 and 6 and RFC 7636 section 4.5, for a public client. As in Roambi's
 * guide, `grant_type` may be missing when a code is exchanged. Throws OAuthError.
 */
export function judgeTokenForm(
  parameters: Parameters,
  client: Pick<Client, 'redirectUris'>,
): TokenRequest {
  const grantType = grantTypeOf(parameters)
  switch (grantType) {
    case 'authorization_code':
      return {
        grantType,
        code: required(parameters, 'code'),
        redirectUri: listedRedirectUri(required(parameters, 'redirect_uri'), client),
        codeVerifier: optional(parameters, 'code_verifier', /^[\w.~-]{43,128}$/),
      }
    case 'refresh_token':
      return { grantType, refreshToken: required(parameters, 'refresh_token') }
    default:
      throw unsupportedGrantType()
  }
}

function grantTypeOf({ grant_type, code, refresh_token }: Parameters): string {
  if (grant_type) return grant_type
  if (code && !refresh_token) return 'authorization_code'
  throw invalidRequest('grant_type is required.')
}
