import { RoambiAuthError } from './errors.ts'
import { asRecord, isText, isToken } from './untrusted.ts'

/** What came from the token endpoint. */
export interface Answer {
  readonly status: number
  readonly text: string
  /** In ms. */
  readonly retryAfter: number | undefined
}

/** What the token endpoint grants (RFC 6749 section 5.1). */
export interface TokenAnswer {
  readonly accessToken: string
  readonly refreshToken: string | undefined
  /** In s. */
  readonly expiresIn: number
}

/** Roambi's tokens live for a day; assumed where an answer does not say; in s. */
const usualLifetime = 86_400
/** What is longer can only be a mistake; in s. */
const longestLifetime = 10 * 365 * 86_400

/** Makes tokens of an answer, or throws what it means. */
export function judgeTokenAnswer({ status, text, retryAfter }: Answer): TokenAnswer {
  const body = parse(text)
  if (status === 200 && isToken(body.access_token)) {
    const expiresIn = Number(body.expires_in)
    return {
      accessToken: body.access_token,
      refreshToken: isText(body.refresh_token) ? body.refresh_token : undefined,
      expiresIn: expiresIn > 0 && expiresIn <= longestLifetime ? expiresIn : usualLifetime,
    }
  }
  if (status >= 500 || status === 429 || status === 425 || status === 408) {
    const message = `The proxy is busy (${status}). Try again later.`
    throw new RoambiAuthError('server_error', message, { retryable: true, retryAfter })
  }
  if (status >= 400 && isText(body.error)) {
    const { error, error_description: description } = body
    const why = isText(description) ? `: ${description}` : '.'
    // The next request carries the nonce that this answer came with.
    const retryable = error === useDpopNonce
    throw new RoambiAuthError(error, `The proxy refused (${error})${why}`, { retryable })
  }
  const message = `This is no answer of OAuth (${status}). Is \`proxyUrl\` right?`
  throw new RoambiAuthError('invalid_token_answer', message, { retryable: true })
}

/**
 * Whether the request is to be repeated with another proof: one with the nonce that came along (RFC
 * 9449 section 8), or just a new one, where the browser itself has repeated the request after a
 * broken connection, and with it the proof.
 */
export function refusesProof(status: number, text: string, nonce: string | undefined): boolean {
  if (status !== 400) return false
  const { error } = parse(text)
  return error === 'invalid_dpop_proof' || (error === useDpopNonce && nonce !== undefined)
}

const useDpopNonce = 'use_dpop_nonce'

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
