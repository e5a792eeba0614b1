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
    const token = await keeper.accessToken()
    const response = await fetch(signed(request, token))
    if (response.status !== 401) return response

    const other = await keeper.accessToken(token)
    return fetch(signed(again, other))
  }
}

function signed(request: Request, token: string): Request {
  request.headers.set('authorization', `Bearer ${token}`)
  return request
}
