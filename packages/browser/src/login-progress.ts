import { RoambiAuthError } from './errors.ts'
import type { LoginAttempt } from './login-attempt.ts'

/**
 * How far signing in has got in this tab.
 *
 * `maybe-closed`: the window may have been closed by the user, so offer a way to cancel; an answer
 * still counts. `idle`: nothing is under way any more; `error` says why, where the user does not know.
 */
export interface LoginProgress {
  readonly status: 'idle' | LoginAttempt['status']
  readonly error?: RoambiAuthError | undefined
}

/** What counts of all that is under way; `error` is what has just ended another one. */
export function judgeProgress(
  attempts: Pick<LoginAttempt, 'status'>[],
  error?: unknown,
): LoginProgress {
  const status = byLiveliness.find((each) => attempts.some((attempt) => attempt.status === each))
  if (status) return { status }
  // Who has given it up, knows.
  const isNews = error instanceof RoambiAuthError && !givenUp.includes(error.code)
  return { status: 'idle', error: isNews ? error : undefined }
}

const byLiveliness = ['finishing', 'redirecting', 'open', 'maybe-closed'] as const
const givenUp = ['login_aborted', 'login_superseded']
