// Whether Roambi takes a client's secret. It documents nothing to be asked that, so it is asked for a
// renewal with a refresh token that nobody can have: it looks at the secret first, and nothing is spent.
import type { Client } from '../client.ts'
import type { Upstream, UpstreamOutcome } from './upstream.ts'
import { judgeOutcome } from './upstream-answer.ts'

/** `unknown`: Roambi has not said, since it can't be reached for example. */
export type CredentialsVerdict = 'accepted' | 'refused' | 'unknown'

export interface CredentialsFinding {
  readonly verdict: CredentialsVerdict
  /** Our own words on the answer, or the error's code: nothing of what was sent or received. */
  readonly reason: string
}

/** What becomes of all of a client's secrets: one that is accepted will do. Never rejects. */
export async function probeClient(
  upstream: Pick<Upstream, 'ask'>,
  {
    clientId,
    clientSecrets,
    redirectUris,
  }: Pick<Client, 'clientId' | 'clientSecrets' | 'redirectUris'>,
  signal: AbortSignal,
): Promise<CredentialsVerdict> {
  const [redirectUri = ''] = redirectUris
  let all: CredentialsVerdict = 'refused'
  for (const secret of clientSecrets) {
    const { verdict } = await findOut(upstream, { clientId, redirectUri }, secret, signal)
    if (verdict === 'accepted') return verdict
    if (verdict === 'unknown') all = verdict
  }
  return all
}

/** What becomes of one secret, and why. Never rejects. */
export async function findOut(
  upstream: Pick<Upstream, 'ask'>,
  { clientId, redirectUri }: { readonly clientId: string; readonly redirectUri: string },
  secret: string,
  signal: AbortSignal,
): Promise<CredentialsFinding> {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: nobodysToken,
    code: nobodysToken,
    redirect_uri: redirectUri,
    client_id: clientId,
    client_secret: secret,
  })
  return judgeCredentials(await upstream.ask(form, signal))
}

/** Of a form that Roambi gives its tokens never. */
const nobodysToken = 'roambi-proxy-asks-whether-the-secret-is-right'

export function judgeCredentials(outcome: UpstreamOutcome): CredentialsFinding {
  const judgement = judgeOutcome('refresh_token', outcome)
  if ('tokens' in judgement) return { verdict: 'unknown', reason: 'tokens for no refresh token' }
  const { error, reason, code } = judgement
  switch (error.reason) {
    case 'upstream_invalid_grant':
      return { verdict: 'accepted', reason }
    case 'upstream_credentials':
      return { verdict: 'refused', reason }
    default:
      return { verdict: 'unknown', reason: code ? `${reason} (${code})` : reason }
  }
}
