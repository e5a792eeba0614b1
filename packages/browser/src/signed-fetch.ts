import { asksToWait, delayBefore, refusesToken } from './api-retry.ts'
import { type Clock, systemClock, wait } from './clock.ts'
import type { StoredSession } from './session.ts'
import { unlessAborted } from './unless-aborted.ts'

/** Hands out the present token, or another one than was `rejected`. */
export interface TokenSource {
  session(rejected?: string): Promise<Pick<StoredSession, 'accessToken' | 'signedInAt'>>
}

export interface SignedFetchOptions {
  /** The token goes to this origin and to no other. */
  readonly origin: string
  readonly keeper: TokenSource
  readonly fetch: typeof fetch
  readonly clock?: Clock
}

/**
 * A `fetch` that sends `Authorization: Bearer` (RFC 6750 section 2.1) to one origin, in place of what
 * the caller may have set. Requests to other origins pass as they are. When a redirect leads to
 * another origin, the browser leaves the header behind (Fetch standard, HTTP-redirect fetch).
 *
 * A request is sent again at most once after a refused token, and three times after a wait for a busy
 * API or its rate limit. Not so where `init.body` is a `ReadableStream`: that is sent once, and not
 * copied. Of a `Request` it can't be seen whether its body comes from a stream. It is sent again,
 * and if it was a stream, all of it is kept in memory until the answer.
 */
export function createSignedFetch({
  origin,
  keeper,
  fetch,
  clock = systemClock,
}: SignedFetchOptions): typeof fetch {
  return async function signedFetch(input, init) {
    const request = new Request(input, init)
    if (new URL(request.url).origin !== origin) return fetch(request)

    const { method, signal } = request
    const isStream = init?.body instanceof ReadableStream
    let rejected: string | undefined
    let waits = 0
    const present = () => unlessAborted(signal, () => keeper.session(rejected))
    let session = await present()
    for (;;) {
      const attempt = isStream ? request : request.clone()
      attempt.headers.set('authorization', `Bearer ${session.accessToken}`)
      const response = await fetch(attempt)
      if (isStream || isFromElsewhere(response, origin)) return response

      const { status, headers } = response
      const body = await bodyOfRefusal(response)
      if (!rejected && refusesToken(status, body)) rejected = session.accessToken
      else if (waits < 3 && asksToWait(method, status, body)) {
        waits += 1
        await wait(clock, delayBefore(waits, headers.get('retry-after')), signal)
      } else return response

      const next = await present()
      // What one user has asked for is not sent again as another.
      if (next.signedInAt !== session.signedInAt) return response
      session = next
    }
  }
}

/** Whether a redirect has led to another origin, which has not seen the token. */
function isFromElsewhere({ redirected, url }: Response, origin: string): boolean {
  return redirected && new URL(url).origin !== origin
}

/** Reads a copy, so that the answer can still be handed over; if it is not, it is done with. */
async function bodyOfRefusal(response: Response): Promise<string> {
  return [401, 403, 503, 504].includes(response.status) ? response.clone().text() : ''
}
