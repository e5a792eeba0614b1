import ky from 'ky'
import type { AuthorizationRequest } from './authorization.ts'
import { RoambiAuthError } from './errors.ts'
import type { StoredSession } from './session.ts'
import { asRecord, isText, isToken } from './untrusted.ts'

/** The proxy's token endpoint. Only this file knows its wire (RFC 6749 sections 4.1.3, 5 and 6). */
export interface TokenEndpoint {
  redeem(code: string, request: AuthorizationRequest): Promise<StoredSession>
  renew(session: StoredSession): Promise<StoredSession>
}

export interface TokenEndpointOptions {
  readonly url: string
  readonly clientId: string
  readonly fetch: typeof fetch
  readonly now: () => number
}

/** Longer than the proxy waits for Roambi, so that its answer is not missed; in ms. */
const timeout = 15_000

export function createTokenEndpoint({
  url,
  clientId,
  fetch,
  now,
}: TokenEndpointOptions): TokenEndpoint {
  async function ask(form: Record<string, string>): Promise<TokenAnswer> {
    const { status, text } = await post(form)
    return judgeAnswer(status, text)
  }

  async function post(form: Record<string, string>): Promise<{ status: number; text: string }> {
    // A grant is never sent twice: the first one may have been carried out.
    const options = { timeout, fetch, retry: 0, throwHttpErrors: false } as const
    const body = new URLSearchParams({ ...form, client_id: clientId })
    try {
      const response = await ky.post(url, { ...options, body, credentials: 'omit' })
      return { status: response.status, text: await response.text() }
    } catch (cause) {
      const message = 'The token endpoint could not be reached, or did not answer in time.'
      throw new RoambiAuthError('network_error', message, { retryable: true, cause })
    }
  }

  return {
    async redeem(code, { redirectUri, codeVerifier }) {
      const askedAt = now()
      const answer = await ask({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: codeVerifier,
      })
      return {
        ...lifetime(answer, askedAt),
        ...answer.tokens,
        signedInAt: askedAt,
        code,
        redirectUri,
      }
    },

    async renew(session) {
      const { refreshToken, code, redirectUri } = session
      if (!refreshToken) throw new RoambiAuthError('invalid_grant', 'There is no refresh token.')
      const askedAt = now()
      const answer = await ask({
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        code,
        redirect_uri: redirectUri,
      })
      const renewed = { ...session, ...lifetime(answer, askedAt), ...answer.tokens }
      return { ...renewed, refreshToken: answer.tokens.refreshToken ?? refreshToken }
    },
  }
}

interface TokenAnswer {
  readonly tokens: Pick<StoredSession, 'accessToken' | 'refreshToken'>
  /** In s. */
  readonly expiresIn: number
}

/** Roambi's tokens live for a day; assumed where an answer does not say; in s. */
const usualLifetime = 86_400
/** What is longer can only be a mistake; in s. */
const longestLifetime = 10 * 365 * 86_400

/** Makes tokens of an answer, or throws what it means. */
export function judgeAnswer(status: number, text: string): TokenAnswer {
  const body = parse(text)
  if (status === 200 && isToken(body.access_token)) {
    const expiresIn = Number(body.expires_in)
    return {
      tokens: {
        accessToken: body.access_token,
        refreshToken: isText(body.refresh_token) ? body.refresh_token : undefined,
      },
      expiresIn: expiresIn > 0 && expiresIn <= longestLifetime ? expiresIn : usualLifetime,
    }
  }
  const error = isText(body.error) ? body.error : undefined
  if (status >= 500 || status === 429 || status === 408) {
    const message = `The token endpoint can't help at the moment (${status}). Try again later.`
    throw new RoambiAuthError('server_error', message, { retryable: true })
  }
  if (status >= 400 && error) {
    const why = isText(body.error_description) ? `: ${body.error_description}` : '.'
    throw new RoambiAuthError(error, `The token endpoint refused (${error})${why}`)
  }
  const message = `The token endpoint's answer (${status}) is not one of OAuth. Is \`proxyUrl\` right?`
  throw new RoambiAuthError('invalid_token_answer', message, { retryable: true })
}

// Counted from the request by the local clock: a wrong clock then does no harm.
function lifetime({ expiresIn }: TokenAnswer, askedAt: number) {
  return { renewedAt: askedAt, expiresAt: askedAt + expiresIn * 1000 }
}

type AnswerBody = Partial<
  Record<'access_token' | 'refresh_token' | 'expires_in' | 'error' | 'error_description', unknown>
>

function parse(text: string): AnswerBody {
  try {
    return asRecord(JSON.parse(text))
  } catch {
    return {}
  }
}
