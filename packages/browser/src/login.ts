import {
  type AuthorizationRequest,
  authorizationUrl,
  createAuthorizationRequest,
  judgeCallback,
} from './authorization.ts'
import { receiveCallback } from './callback-channel.ts'
import { RoambiAuthError } from './errors.ts'
import { openPopup, type Popup } from './popup.ts'

/** Options of `login()`. */
export interface LoginOptions {
  /** Gives the sign-in up: the window closes, and `login()` rejects with `login_aborted`. */
  signal?: AbortSignal
  /** How long the user may take, in ms. Default: 600000 (ten minutes). */
  timeout?: number
}

export interface LoginEdges<T> {
  readonly authorizeUrl: string
  readonly clientId: string
  readonly redirectUri: () => string
  /** Redeems the code and keeps the session. */
  readonly finish: (code: string, request: AuthorizationRequest) => Promise<T>
}

/** Signs in through a popup. A second call while the window is open shows it, and shares its end. */
export function createLogin<T>(edges: LoginEdges<T>): (options?: LoginOptions) => Promise<T> {
  let open: { readonly popup: Popup; readonly result: Promise<T> } | undefined

  // Not `async`: the window must open before anything is awaited.
  return function login({ signal, timeout = 600_000 } = {}) {
    if (open && !open.popup.seemsClosed) {
      open.popup.focus()
      return open.result
    }
    try {
      if (signal?.aborted) throw givenUp(signal)
      const request = createAuthorizationRequest({ ...edges, redirectUri: edges.redirectUri() })
      const popup = openPopup()
      const result = attempt(edges, request, popup, { signal, timeout }).finally(() => {
        if (open === own) open = undefined
      })
      const own = { popup, result }
      open = own
      return result
    } catch (error) {
      return Promise.reject(error)
    }
  }
}

async function attempt<T>(
  { finish }: LoginEdges<T>,
  request: AuthorizationRequest,
  popup: Popup,
  { signal, timeout }: { signal: AbortSignal | undefined; timeout: number },
): Promise<T> {
  const over = new AbortController()
  const end = AbortSignal.any([
    over.signal,
    AbortSignal.timeout(timeout),
    ...(signal ? [signal] : []),
  ])
  try {
    const [callbackUrl] = await Promise.all([
      receiveCallback(request.state, end),
      authorizationUrl(request).then(popup.navigate),
    ])
    return await finish(judgeCallback(callbackUrl, request), request)
  } catch (error) {
    popup.close()
    throw end.aborted ? givenUp(end) : error
  } finally {
    over.abort()
  }
}

function givenUp({ reason }: AbortSignal): RoambiAuthError {
  return reason instanceof DOMException && reason.name === 'TimeoutError'
    ? new RoambiAuthError('login_timeout', 'The sign-in took too long.', { cause: reason })
    : new RoambiAuthError('login_aborted', 'The sign-in was given up.', { cause: reason })
}
