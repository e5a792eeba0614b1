import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { CheckedOptions } from './options.ts'
import type { TokenAnswer } from './token-answer.ts'
import type { GrantRequest, Upstream } from './upstream.ts'
import { judgeOutcome } from './upstream-answer.ts'

/** Trades a grant for Roambi's tokens. Rejects with OAuthError. */
export type TokenExchange = (grant: GrantRequest, log: FastifyBaseLogger) => Promise<TokenAnswer>

/** Adds the proxy's credentials, asks the upstream, and asks once more where that can do no harm. */
export function createTokenExchange(
  upstream: Upstream,
  { clientId, clientSecret, timeouts, retryPause }: CheckedOptions,
): TokenExchange {
  return async (grant, log) => {
    const form = new URLSearchParams({
      ...grant,
      client_id: clientId,
      client_secret: clientSecret,
    })
    const signal = AbortSignal.timeout(timeouts.token)

    const attempt = async (mayRepeat: boolean): Promise<TokenAnswer> => {
      const judgement = judgeOutcome(grant.grant_type, await upstream.ask(form, signal))
      if ('tokens' in judgement) return judgement.tokens
      const { level, reason, code, error, repeat } = judgement
      log[level]({ upstream: reason, code, grantType: grant.grant_type }, 'no tokens from Roambi')
      if (!repeat || !mayRepeat) throw error
      await pause(retryPause * (0.5 + Math.random() / 2))
      return attempt(false)
    }
    return attempt(true)
  }
}
