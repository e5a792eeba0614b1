import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { Client } from './client.ts'
import type { CheckedOptions } from './options.ts'
import type { TokenAnswer } from './token-answer.ts'
import type { GrantRequest, Upstream } from './upstream.ts'
import { judgeOutcome } from './upstream-answer.ts'

/** Trades a grant for Roambi's tokens. Rejects with OAuthError. */
export type TokenExchange = (grant: GrantRequest, log: FastifyBaseLogger) => Promise<TokenAnswer>

/** Adds the client's credentials, asks the upstream, and asks once more where that can do no harm. */
export function createTokenExchange(
  upstream: Upstream,
  { clientId, clientSecrets }: Pick<Client, 'clientId' | 'clientSecrets'>,
  { timeouts, retryPause }: Pick<CheckedOptions, 'timeouts' | 'retryPause'>,
): TokenExchange {
  // First the one that was good last.
  let secrets = [...clientSecrets]

  return async (grant, log) => {
    const signal = AbortSignal.timeout(timeouts.token)

    const attempt = async (
      [secret = '', ...otherSecrets]: readonly string[],
      mayRepeat: boolean,
    ): Promise<TokenAnswer> => {
      const form = new URLSearchParams({ ...grant, client_id: clientId, client_secret: secret })
      const judgement = judgeOutcome(grant.grant_type, await upstream.ask(form, signal))
      if ('tokens' in judgement) {
        secrets = [secret, ...clientSecrets.filter((other) => other !== secret)]
        return judgement.tokens
      }
      const { level, reason, code, error, repeat, isSecretRefused } = judgement
      const about = { upstream: reason, code, clientId, grantType: grant.grant_type }
      log[level](about, 'no tokens from Roambi')
      // Roambi looks at the secret first: nothing is spent.
      if (isSecretRefused && otherSecrets.length > 0) return attempt(otherSecrets, mayRepeat)
      if (!repeat || !mayRepeat) throw error
      await pause(retryPause * (0.5 + Math.random() / 2))
      return attempt([secret, ...otherSecrets], false)
    }
    return attempt(secrets, true)
  }
}
