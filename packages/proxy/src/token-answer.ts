/** RFC 6749 section 5.1. */
export interface TokenAnswer {
  readonly access_token: string
  readonly token_type: string
  readonly expires_in?: number
  readonly refresh_token?: string
  readonly scope?: string
}

/** Takes over the known members with the right type; without a usable access token there is no answer. */
export function readTokens(body: Readonly<Record<string, unknown>>): TokenAnswer | undefined {
  const { access_token, token_type, expires_in, refresh_token, scope } = body
  if (!isText(access_token)) return undefined
  const seconds = toSeconds(expires_in)
  return {
    access_token,
    token_type: isText(token_type) ? token_type : 'bearer',
    ...(seconds !== undefined && { expires_in: seconds }),
    ...(isText(refresh_token) && { refresh_token }),
    ...(isText(scope) && { scope }),
  }
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
