import { randomBytes } from 'node:crypto'
import type { Settings } from './settings.ts'

/** Authorization codes and tokens: who holds what, and until when. */
export interface Grants {
  issueCode(clientId: string, redirectUri: string): string
  /** Trades a code for tokens, once, or names the documented error. */
  spendCode(code: string, clientId: string, redirectUri: string): Tokens | CodeProblem
  /** Trades a refresh token for tokens; `undefined` when it is dead or unknown. */
  renew(refreshToken: string): Tokens | undefined
  judgeAccessToken(accessToken: string): 'live' | 'expired' | 'unknown'
  expireAccessTokens(): void
  revokeRefreshTokens(): void
}

export interface Tokens {
  accessToken: string
  refreshToken: string
  /** Seconds. */
  expiresIn: number
}

export type CodeProblem = 'invalid_grant' | 'redirect_url_mismatch'

// The longest life that RFC 6749 section 4.1.2 recommends for a code.
const codeLifetime = 10 * 60 * 1000

export function createGrants(settings: Settings, now: () => number): Grants {
  const codes = new Map<string, { clientId: string; redirectUri: string; expiresAt: number }>()
  const accessTokens = new Map<string, { expiresAt: number }>()
  const refreshTokens = new Set<string>()

  function issueTokens(refreshToken: string): Tokens {
    const accessToken = `1/${randomBytes(32).toString('base64url')}`
    const expiresIn = settings.tokenLifetime
    accessTokens.set(accessToken, { expiresAt: now() + expiresIn * 1000 })
    refreshTokens.add(refreshToken)
    return { accessToken, refreshToken, expiresIn }
  }

  return {
    issueCode(clientId, redirectUri) {
      const code = randomBytes(16).toString('hex')
      codes.set(code, { clientId, redirectUri, expiresAt: now() + codeLifetime })
      return code
    },

    spendCode(code, clientId, redirectUri) {
      const issued = codes.get(code)
      if (issued?.clientId !== clientId || issued.expiresAt <= now()) return 'invalid_grant'
      if (issued.redirectUri !== redirectUri) return 'redirect_url_mismatch'
      codes.delete(code)
      return issueTokens(newRefreshToken())
    },

    renew(refreshToken) {
      if (!refreshTokens.has(refreshToken)) return undefined
      if (settings.rotation === 'off') return issueTokens(refreshToken)
      if (settings.rotation === 'strict') refreshTokens.delete(refreshToken)
      return issueTokens(newRefreshToken())
    },

    judgeAccessToken(accessToken) {
      const issued = accessTokens.get(accessToken)
      if (!issued) return 'unknown'
      return issued.expiresAt > now() ? 'live' : 'expired'
    },

    expireAccessTokens() {
      for (const issued of accessTokens.values()) issued.expiresAt = now()
    },

    revokeRefreshTokens() {
      refreshTokens.clear()
    },
  }
}

function newRefreshToken(): string {
  return randomBytes(32).toString('hex')
}
