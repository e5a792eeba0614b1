import type { SessionKeeper } from './session-keeper.ts'

export interface SignedFetchOptions {
  /** The token goes to this origin and to no other. */
  readonly origin: string
  readonly keeper: SessionKeeper
  readonly fetch: typeof fetch
}

/**
 * A `fetch` that sends `Authorization: Bearer` (RFC 6750) to one origin. After a 401 it asks for
 * another token and sends the request once more. Requests to other origins pass without a token.
 */
export function createSignedFetch({ origin, keeper, fetch }: SignedFetchOptions): typeof fetch {
  return async function signedFetch(input, init) {
    const request = new Request(input, init)
    if (new URL(request.url).origin !== origin) return fetch(request)

    // Taken before the first attempt uses up the body.
    const again = request.clone()
    const session = await unlessAborted(request.signal, keeper.session())
    const response = await fetch(signed(request, session.accessToken))
    if (response.status !== 401) return response

    const renewed = await unlessAborted(request.signal, keeper.session(session.accessToken))
    // What one user has asked for is not sent again as another.
    if (renewed.signedInAt !== session.signedInAt) return response
    await response.body?.cancel()
    return fetch(signed(again, renewed.accessToken))
  }
}

/** The caller leaves; the renewal goes on for the others. */
function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    promise.then(resolve, reject)
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

function signed(request: Request, token: string): Request {
  request.headers.set('authorization', `Bearer ${token}`)
  return request
}
