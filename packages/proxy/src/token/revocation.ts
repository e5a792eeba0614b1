import { unsupportedTokenType } from '../http/errors.ts'
import { type DenyList, signInOf } from '../memory/deny-list.ts'
import type { RefreshTokens } from './refresh-token.ts'

/** RFC 7009 section 2.1. Rejects with OAuthError. */
export type RevocationHandler = (token: string, hint: string | undefined) => Promise<void>

/**
 * Ends the whole sign-in of a refresh token: what came before and after it is worth nothing either.
 * Roambi is not told, since it has nothing for that. What is no refresh token of this client is
 * worth nothing here already, so that there is nothing to do.
 */
export function createRevocation(
  clientId: string,
  refreshTokens: RefreshTokens,
  denyList: DenyList,
): RevocationHandler {
  return async (token, hint) => {
    const grant = await refreshTokens.read(token)
    if (grant) return denyList.deny(signInOf(clientId, grant), grant.until)
    // It may be a living one of Roambi's: "revoked" would be a lie.
    if (hint === 'access_token') throw unsupportedTokenType()
  }
}
