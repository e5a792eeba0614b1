// Judges an answer of the API by its status and, where that leaves it open, by a word in its body.

/** Whether another token may help. */
export function refusesToken(status: number, body: string): boolean {
  return status === 401 && !body.includes('disabled_account')
}

/** Whether the request may be sent again after a while. */
export function asksToWait(method: string, status: number, body: string): boolean {
  // Over the rate limit, as the Java SDK knows it. Nothing has been done, as with every 503.
  if (status === 403) return /rate limit exceeded/i.test(body)
  if (status === 503) return true
  // The connection broke off, or nobody answered in time: it may have been done.
  return (status === 502 || status === 504) && idempotentMethods.includes(method)
}

/** RFC 9110 section 9.2.2. */
const idempotentMethods = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']

/**
 * How long to wait before the next attempt, in ms: a second longer each time, as in Roambi's Java
 * SDK, or as many seconds as `Retry-After` says (RFC 9110 section 10.2.3), up to half a minute.
 */
export function delayBefore(wait: number, retryAfter: string | null): number {
  return Math.min(Math.max(wait, Number(retryAfter) || 0), 30) * 1000
}
