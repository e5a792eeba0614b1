/** RFC 6749 section 5.1. */
export interface TokenAnswer {
  readonly access_token: string
  readonly token_type: 'Bearer'
  readonly expires_in?: number
  readonly refresh_token?: string
  readonly scope?: string
}

/** Takes over the known members with the right type; without a usable access token there is no answer. */
export function readTokens(body: Readonly<Record<string, unknown>>): TokenAnswer | undefined {
  const { access_token, token_type, expires_in, refresh_token, scope } = body
  const isBearer = !isText(token_type) || /^bearer$/i.test(token_type)
  if (!isText(access_token) || !isBearer) return undefined
  const seconds = toSeconds(expires_in)
  return {
    access_token,
    // RFC 9449 section 5: also where the refresh token is bound to a key.
    token_type: 'Bearer',
    ...(seconds !== undefined && { expires_in: seconds }),
    ...(isText(refresh_token) && { refresh_token }),
    ...(isText(scope) && { scope }),
  }
}

/**
 * The same answer, given later.
 *
 * @param since when it was first given, in ms since 1970
 */
export function givenLater(answer: TokenAnswer, since: number): TokenAnswer {
  if (answer.expires_in === undefined) return answer
  // A clock that was set back must not lengthen a life.
  const age = Math.max(0, Math.floor((Date.now() - since) / 1000))
  return { ...answer, expires_in: Math.max(1, answer.expires_in - age) }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function toSeconds(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0
    ? seconds
    : undefined
}
