import type { AuthorizationRequest } from './authorization.ts'
import type { Clock } from './clock.ts'
import { createDpopPost, strict } from './dpop-post.ts'
import { RoambiAuthError } from './errors.ts'
import type { StoredSession } from './session.ts'
import { judgeTokenAnswer } from './token-answer.ts'

/** The proxy's token endpoint (RFC 6749 sections 4.1.3 and 6), and its revocation endpoint. */
export interface TokenEndpoint {
  redeem(code: string, request: AuthorizationRequest): Promise<StoredSession>
  renew(session: StoredSession): Promise<StoredSession>
  /**
   * Revokes the refresh token, where there is one (RFC 7009 section 2.1). Never rejects: whether the
   * proxy has done it, or can do it at all, is nobody's concern, since the token's key is gone.
   */
  revoke(session: StoredSession): Promise<void>
}

export interface TokenEndpointOptions {
  readonly tokenUrl: string
  readonly revocationUrl: string
  readonly clientId: string
  readonly fetch: typeof fetch
  readonly clock: Pick<Clock, 'now'>
}

export function createTokenEndpoint({
  tokenUrl,
  revocationUrl,
  clientId,
  fetch,
  clock,
}: TokenEndpointOptions): TokenEndpoint {
  const post = createDpopPost({ url: tokenUrl, fetch })

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

    async revoke({ refreshToken: token }) {
      if (!token) return
      const form = { token, token_type_hint: 'refresh_token', client_id: clientId }
      const body = new URLSearchParams(form)
      try {
        // No header of ours, so that it is sent without a preflight; and also from a page that is left.
        await fetch(revocationUrl, { method: 'POST', body, keepalive: true, ...strict })
      } catch {
        // Lost, as when there is no network.
      }
    },
  }
}
