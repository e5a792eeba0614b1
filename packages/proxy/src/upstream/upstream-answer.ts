// What the upstream's answer means for the app. Nothing is asked here.
// `invalid_grant` tells the app to throw its token away, so only what is surely the token's fault
// becomes one; all that is the deployment's or the network's fault is a 5xx or 429.
import {
  badGateway,
  invalidGrant,
  type OAuthError,
  rateLimited,
  refusedByUpstream,
  timedOut,
  unavailable,
} from '../http/errors.ts'
import { readTokens, type TokenAnswer } from './token-answer.ts'
import type { GrantRequest, NoAnswer, UpstreamAnswer, UpstreamOutcome } from './upstream.ts'
import { failureAnswer } from './upstream-failure.ts'

export type Judgement = { readonly tokens: TokenAnswer } | Refusal

export interface Refusal {
  /** What the app is told. */
  readonly error: OAuthError
  /** What the log is told: our own words, never the upstream's. */
  readonly reason: string
  /** The code of the error, when there was no answer. */
  readonly code?: string | undefined
  readonly level: 'info' | 'warn' | 'error'
  /** Whether asking once more is safe, or documented. */
  readonly repeat?: true
  /** Whether another secret of this client might be taken. */
  readonly isSecretRefused?: true
}

export function judgeOutcome(
  grantType: GrantRequest['grant_type'],
  outcome: UpstreamOutcome,
): Judgement {
  if ('failure' in outcome) return judgeFailure(outcome)
  const { status, text } = outcome
  if (isRateLimit(outcome)) {
    return refusal(
      'warn',
      'rate limit',
      rateLimited(saneRetryAfter(outcome), 'upstream_rate_limit'),
    )
  }
  if (status === 503) return refusal('warn', 'status 503', unavailable(saneRetryAfter(outcome)))
  if (status === 504) return refusal('warn', 'status 504', timedOut(saneRetryAfter(outcome)))
  if (status >= 300 && status < 400) return refusal('error', 'redirect', badGateway())

  const body = parseObject(text)
  if (!body) return refusal('error', `status ${status} without JSON`, badGateway())
  if (body.error) return judgeErrorCode(grantType, status, body.error)
  const tokens = status === 200 && readTokens(body)
  return tokens ? { tokens } : refusal('error', `status ${status} without tokens`, badGateway())
}

function refusal(level: Refusal['level'], reason: string, error: OAuthError): Refusal {
  return { level, reason, error }
}

function judgeFailure({ failure, code }: NoAnswer): Refusal {
  const refused = { ...refusal('error', failure, failureAnswer(failure)), code }
  return failure === 'unreachable' ? { ...refused, repeat: true } : refused
}

// The guide documents 503, Roambi's Java SDK has met 403 with a text.
function isRateLimit({ status, text }: UpstreamAnswer): boolean {
  return status === 429 || (status === 403 && /rate limit/i.test(text))
}

function saneRetryAfter({ retryAfter = '' }: UpstreamAnswer): number | undefined {
  const seconds = /^\d{1,3}$/.test(retryAfter) ? Number(retryAfter) : 0
  return seconds >= 1 && seconds <= 300 ? seconds : undefined
}

// By its text: which Content-Type the upstream gives its JSON is not documented.
function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

function judgeErrorCode(
  grantType: GrantRequest['grant_type'],
  status: number,
  code: unknown,
): Refusal {
  switch (code) {
    case 'internal_server_error':
      return { ...refusal('warn', code, unavailable()), repeat: true }
    case 'invalid_client':
    case 'unauthorized_client': {
      const reason = `${code}: the proxy's own client id or secret is refused`
      const refused = refusal('error', reason, refusedByUpstream())
      return code === 'invalid_client' ? { ...refused, isSecretRefused: true } : refused
    }
  }
  // With any other status it is no word of the token endpoint on the token.
  if (![200, 400, 401].includes(status)) {
    return refusal('error', `status ${status} with an error code`, badGateway())
  }
  switch (code) {
    case 'invalid_grant':
      return refusal('info', code, invalidGrant('upstream_invalid_grant'))
    case 'invalid_request':
      // Our request was well-formed, so it is the token or code; so says the guide for the token.
      return refusal(
        grantType === 'refresh_token' ? 'info' : 'warn',
        code,
        invalidGrant('upstream_invalid_grant'),
      )
    case 'redirect_url_mismatch':
      return refusal('warn', code, invalidGrant('upstream_invalid_grant'))
    default:
      return refusal('error', 'unknown error code', badGateway())
  }
}
