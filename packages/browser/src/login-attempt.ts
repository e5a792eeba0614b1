import type { Clock } from './clock.ts'
import { RoambiAuthError } from './errors.ts'
import type { LoginOptions } from './login-options.ts'
import { type PendingLogins, pendingLifetime } from './pending-logins.ts'
import type { Session } from './session.ts'

/** One sign-in: the promise of its session, and what the user sees of it. */
export interface LoginAttempt {
  readonly result: Promise<Session>
  /** In ms since 1970. */
  readonly startedAt: number
  /** Aborted when it has ended, whatever the end is. The first end counts. */
  readonly end: AbortSignal
  /** `finishing`: it has its answer. */
  readonly status: 'open' | 'maybe-closed' | 'redirecting' | 'finishing'
  /** None when another page has begun it. */
  readonly display: LoginDisplay | undefined
  /** Of the authorization request, when it is sent. */
  state: string | undefined
  turnTo(status: LoginAttempt['status']): void
  settle(session: Session): void
  giveUp(error: unknown): void
  /** Ends it here alone: the user may go on with what is shown, and the next page finishes it. */
  leave(): void
}

/** How a sign-in is shown to the user: in a popup, or in place of the page. */
export interface LoginDisplay {
  readonly status: 'open' | 'redirecting'
  /** Whether a second `login()` needs no other one. */
  readonly isShown: boolean
  focus(): void
  close(): void
  /** Sends the user to `url`. Another page can finish it when it is `stored`. */
  show(url: string, attempt: LoginAttempt, stored: Promise<void>): void | Promise<void>
}

export interface LoginAttemptEdges {
  readonly pending: PendingLogins
  readonly clock: Clock
}

/** Starts the time that it may take. */
export function createLoginAttempt(
  { pending, clock }: LoginAttemptEdges,
  { signal, timeout = pendingLifetime }: LoginOptions,
  display: LoginDisplay | undefined,
  onChange: () => void,
): LoginAttempt {
  const over = new AbortController()
  const end = over.signal
  const callOff = clock.after(Math.min(timeout, pendingLifetime), () => giveUp(overdue()))
  signal?.addEventListener('abort', () => giveUp(aborted()), { signal: end })
  let status: LoginAttempt['status'] = display?.status ?? 'finishing'
  let isLeft = false
  let resolve: (session: Session) => void
  const result = new Promise<Session>((resolveIt, reject) => {
    resolve = resolveIt
    end.addEventListener('abort', () => {
      reject(end.reason)
      callOff()
      if (!isLeft) clear()
    })
  })

  function giveUp(error: unknown): void {
    over.abort(named(error))
  }

  function clear(): void {
    display?.close()
    if (attempt.state && status !== 'finishing') pending.claim(attempt.state)
  }

  const attempt: LoginAttempt = {
    result,
    startedAt: clock.now(),
    end,
    display,
    state: undefined,
    get status() {
      return status
    },
    turnTo(next) {
      status = next
      onChange()
    },
    settle(session) {
      resolve(session)
      over.abort()
    },
    giveUp,
    leave() {
      isLeft = attempt.state !== undefined
      giveUp(aborted())
    },
  }
  return attempt
}

/** The sign-in was given up by whom it belongs to. */
export function aborted(): RoambiAuthError {
  return new RoambiAuthError('login_aborted', 'The sign-in was given up.')
}

function overdue(): RoambiAuthError {
  return new RoambiAuthError('login_timeout', 'The sign-in took too long.')
}

// Without a cause: a browser's own error may quote the address, and that holds the `state`.
function named(error: unknown): RoambiAuthError {
  if (error instanceof RoambiAuthError) return error
  const kind = error instanceof Error ? error.name : typeof error
  return new RoambiAuthError('login_failed', `The sign-in failed (${kind}).`)
}
