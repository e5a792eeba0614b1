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
  readonly issuer: string | undefined
  /** Redeems the code and keeps the session, unless `end` comes first. */
  readonly finish: (code: string, request: AuthorizationRequest, end: AbortSignal) => Promise<T>
}

/** One window, and what becomes of it. */
export interface LoginAttempt<T> {
  readonly popup: Popup
  readonly result: Promise<T>
  /** Ends it with the result of another attempt. */
  settle(value: T): void
  giveUp(): void
}

/** Opens the window in the task of the caller. */
export function startLoginAttempt<T>(
  edges: LoginEdges<T>,
  { signal, timeout = 600_000 }: LoginOptions,
): LoginAttempt<T> {
  if (signal?.aborted) throw givenUp(signal)
  const over = new AbortController()
  const late = AbortSignal.timeout(Math.min(timeout, longestTimer))
  const end = AbortSignal.any([over.signal, late, ...(signal ? [signal] : [])])
  const redirectUri = edges.redirectUri()
  const popup = openPopup()
  const requested = createAuthorizationRequest({ ...edges, redirectUri })

  let resolveWith: (value: T) => void = () => {}
  const result = new Promise<T>((resolve, reject) => {
    resolveWith = resolve
    signInThrough(popup, requested, edges.finish, end)
      .finally(() => over.abort())
      .then(resolve, reject)
  })
  return {
    popup,
    result,
    settle(value) {
      resolveWith(value)
      over.abort()
    },
    giveUp: () => over.abort(),
  }
}

/** What a timer can hold, in ms. */
const longestTimer = 2 ** 31 - 1

async function signInThrough<T>(
  popup: Popup,
  requested: Promise<AuthorizationRequest>,
  finish: LoginEdges<T>['finish'],
  end: AbortSignal,
): Promise<T> {
  try {
    const request = await requested
    end.throwIfAborted()
    const [callbackUrl] = await Promise.all([
      receiveCallback(request.state, end),
      authorizationUrl(request).then(popup.navigate),
    ])
    return await finish(judgeCallback(callbackUrl, request), request, end)
  } catch (error) {
    popup.close()
    throw end.aborted ? givenUp(end) : error
  }
}

function givenUp({ reason }: AbortSignal): RoambiAuthError {
  return reason instanceof DOMException && reason.name === 'TimeoutError'
    ? new RoambiAuthError('login_timeout', 'The sign-in took too long.', { cause: reason })
    : new RoambiAuthError('login_aborted', 'The sign-in was given up.', { cause: reason })
}
