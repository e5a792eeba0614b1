import { invalidGrant } from '../http/errors.ts'
import type { CheckedOptions } from '../options.ts'
import { createSeal, type SealOwner } from '../sealing/seal.ts'
import type { KeyRing } from '../sealing/sealing-keys.ts'
import type { TokenAnswer } from '../upstream/token-answer.ts'

/** What a client has signed in with. */
export interface SignIn {
  /** Roambi's code and the redirect URI it came to; its guide wants both on each renewal. */
  readonly code: string
  readonly redirectUri: string
  /** The thumbprint of the client's key, if it has proved one. */
  readonly jkt?: string | undefined
  readonly scope?: string | undefined
}

/** What a refresh token stands for. */
export interface RefreshGrant extends SignIn {
  /** Roambi's own. */
  readonly refreshToken: string
  /** When the session ends at the latest, fixed when it began; in s since 1970. */
  readonly until: number
}

export interface RefreshTokens {
  /** Puts a sealed refresh token, or none, in the place of Roambi's. */
  issue(tokens: TokenAnswer, grant: SignIn & Partial<RefreshGrant>): Promise<TokenAnswer>
  /** Throws OAuthError, unless the token is alive and bound to this key (RFC 9449 section 5). */
  open(sealed: string, jkt: string | undefined): Promise<RefreshGrant>
  /** What it stands for, whoever brings it: to end it, nobody needs its key. */
  read(sealed: string): Promise<RefreshGrant | undefined>
}

type Policy = Pick<
  CheckedOptions,
  'refreshTokens' | 'refreshTokenLifetime' | 'refreshTokenIdleLifetime'
>

export function createRefreshTokens(
  ring: KeyRing,
  owner: SealOwner,
  policy: Policy,
): RefreshTokens {
  const { refreshTokenLifetime, refreshTokenIdleLifetime } = policy
  const allowsUnbound = policy.refreshTokens === 'bearer'
  const { seal, open } = createSeal<RefreshGrant>('refresh-token', ring, owner)

  return {
    async issue({ refresh_token, ...given }, grant) {
      // RFC 6749 section 3.3: said, since the app may have asked for it.
      const tokens = grant.scope ? { scope: grant.scope, ...given } : given
      // RFC 6749 section 6: where no new one is answered, the old one goes on.
      const refreshToken = refresh_token ?? grant.refreshToken
      if (!refreshToken || !(grant.jkt || allowsUnbound)) return tokens
      const now = Math.floor(Date.now() / 1000)
      const until = grant.until ?? now + refreshTokenLifetime
      const life = Math.min(until - now, refreshTokenIdleLifetime)
      return { ...tokens, refresh_token: await seal({ ...grant, refreshToken, until }, life) }
    },

    async open(sealed, jkt) {
      const grant = await open(sealed)
      if (!grant || !(grant.jkt ? grant.jkt === jkt : allowsUnbound)) throw invalidGrant()
      return grant
    },

    read: open,
  }
}
