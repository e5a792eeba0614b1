// What may come back from nginx or a proxy, whatever is broken behind them. Nothing is asked here.

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** What is wrong with an answer of the token endpoint (RFC 6749 sections 5.1 and 5.2); else nothing. */
export function faultOfTokenAnswer({ status, headers, text }: Answer): string | undefined {
  const body = parseObject(text)
  if (!body) return `status ${status} without a JSON object`
  if (!/^application\/json(;|$)/.test(headers.get('content-type') ?? ''))
    return 'no JSON by its type'
  if (headers.get('cache-control') !== 'no-store') return `status ${status} that may be stored`
  if (status === 200) {
    const isText = [body.access_token, body.token_type].every(isFilled)
    return isText && !('error' in body) ? undefined : 'status 200 without tokens'
  }
  if (status < 400) return `status ${status}`
  if (![body.error, body.error_description].every(isFilled))
    return `status ${status} without an error`
  if ('access_token' in body || 'refresh_token' in body) return `status ${status} with tokens`
  if (body.error === 'temporarily_unavailable' && !headers.has('retry-after')) {
    return `status ${status} without Retry-After`
  }
  return undefined
}

/** The same of the sign-in: a redirect, or a page for a person (RFC 6749 section 4.1.2). */
export function faultOfSignInAnswer({ status, headers, text }: Answer): string | undefined {
  if (headers.get('cache-control') !== 'no-store') return `status ${status} that may be stored`
  if (status === 303) return headers.has('location') ? undefined : 'a redirect to nowhere'
  if (status < 400) return `status ${status}`
  const isPage = headers.get('content-type')?.startsWith('text/html')
  return isPage && text.includes("The sign-in can't go on")
    ? undefined
    : `status ${status}, no page`
}

/** The members of a JSON object; `undefined` for anything else. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

const isFilled = (value: unknown): boolean => typeof value === 'string' && value !== ''
