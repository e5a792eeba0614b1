import type { AuthorizationRequest } from './authorization.ts'
import type { Clock } from './clock.ts'
import { createDpopPost } from './dpop-post.ts'
import { RoambiAuthError } from './errors.ts'
import type { StoredSession } from './session.ts'
import { judgeTokenAnswer } from './token-answer.ts'

/** The proxy's token endpoint (RFC 6749 sections 4.1.3 and 6). */
export interface TokenEndpoint {
  redeem(code: string, request: AuthorizationRequest): Promise<StoredSession>
  renew(session: StoredSession): Promise<StoredSession>
}

export interface TokenEndpointOptions {
  readonly url: string
  readonly clientId: string
  readonly fetch: typeof fetch
  readonly clock: Pick<Clock, 'now'>
}

export function createTokenEndpoint({
  url,
  clientId,
  fetch,
  clock,
}: TokenEndpointOptions): TokenEndpoint {
  const post = createDpopPost({ url, fetch })

  async function ask(form: Record<string, string>, key: CryptoKeyPair) {
    const askedAt = clock.now()
    const answer = await post({ ...form, client_id: clientId }, key)
    const { accessToken, refreshToken, expiresIn } = judgeTokenAnswer(answer)
    // Counted from the request by the local clock: a wrong clock then does no harm.
    const expiresAt = askedAt + expiresIn * 1000
    return { accessToken, refreshToken, renewedAt: askedAt, expiresAt }
  }

  return {
    async redeem(code, { redirectUri, codeVerifier, dpopKey }) {
      const form = {
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: codeVerifier,
      }
      const granted = await ask(form, dpopKey)
      return { ...granted, signedInAt: granted.renewedAt, dpopKey }
    },

    async renew(session) {
      const { refreshToken, dpopKey } = session
      if (!refreshToken) throw new RoambiAuthError('invalid_grant', 'There is no refresh token.')
      const form = { grant_type: 'refresh_token', refresh_token: refreshToken }
      const granted = await ask(form, dpopKey)
      return { ...session, ...granted, refreshToken: granted.refreshToken ?? refreshToken }
    },
  }
}
