import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { Client } from '../client.ts'
import type { RefusalReason } from '../http/errors.ts'
import type { CheckedOptions } from '../options.ts'
import type { TokenAnswer } from './token-answer.ts'
import type { GrantRequest, Upstream } from './upstream.ts'
import { judgeOutcome } from './upstream-answer.ts'

/** Trades a grant for Roambi's tokens. Rejects with OAuthError. */
export type TokenExchange = (grant: GrantRequest, log: FastifyBaseLogger) => Promise<TokenAnswer>

/** Is told how Roambi answers; never what was asked. */
export interface UpstreamObserver {
  /** @param seconds of this one attempt */
  answered(outcome: 'ok' | RefusalReason, seconds: number): void
  /** What the answers to all of a client's secrets come to. */
  judged(clientId: string, verdict: 'accepted' | 'refused'): void
}

/** Adds the client's credentials, asks the upstream, and asks once more where that can do no harm. */
export function createTokenExchange(
  upstream: Upstream,
  { clientId, clientSecrets }: Pick<Client, 'clientId' | 'clientSecrets'>,
  { timeouts, retryPause }: Pick<CheckedOptions, 'timeouts' | 'retryPause'>,
  observer: UpstreamObserver,
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
      const askedAt = performance.now()
      const judgement = judgeOutcome(grant.grant_type, await upstream.ask(form, signal))
      const outcome = 'tokens' in judgement ? 'ok' : judgement.error.reason
      observer.answered(outcome, (performance.now() - askedAt) / 1000)
      // Roambi looks at the secret first.
      if (outcome === 'ok' || outcome === 'upstream_invalid_grant') {
        observer.judged(clientId, 'accepted')
      }
      if ('tokens' in judgement) {
        secrets = [secret, ...clientSecrets.filter((other) => other !== secret)]
        return judgement.tokens
      }
      const { level, reason, code, error, repeat, isSecretRefused } = judgement
      const about = { upstream: reason, code, clientId, grantType: grant.grant_type }
      log[level](about, 'no tokens from Roambi')
      // Nothing is spent.
      if (isSecretRefused && otherSecrets.length > 0) return attempt(otherSecrets, mayRepeat)
      if (outcome === 'upstream_credentials') observer.judged(clientId, 'refused')
      if (!repeat || !mayRepeat) throw error
      await pause(retryPause * (0.5 + Math.random() / 2))
      return attempt([secret, ...otherSecrets], false)
    }
    return attempt(secrets, true)
  }
}
