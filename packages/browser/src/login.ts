import {
  type LoginAttempt,
  type LoginEdges,
  type LoginOptions,
  startLoginAttempt,
} from './login-attempt.ts'

/** Signs in through a popup. */
export interface Login<T> {
  /** A second call while the window is open shows it, and shares its end. */
  login(options?: LoginOptions): Promise<T>
  /** Ends what is under way with `login_aborted`. */
  giveUp(): void
}

export function createLogin<T>(edges: LoginEdges<T>): Login<T> {
  // More than one, since a window that reads as closed may still be open: its answer counts.
  const attempts = new Set<LoginAttempt<T>>()

  // Not `async`: the window must open before anything is awaited.
  function login(options: LoginOptions = {}): Promise<T> {
    const shown = [...attempts].find(({ popup }) => !popup.seemsClosed)
    if (shown) {
      shown.popup.focus()
      return shown.result
    }
    try {
      const attempt = startLoginAttempt(edges, options)
      attempts.add(attempt)
      attempt.result.then(settleAll, () => attempts.delete(attempt))
      return attempt.result
    } catch (error) {
      return Promise.reject(error)
    }
  }

  function settleAll(value: T): void {
    for (const attempt of attempts) attempt.settle(value)
    attempts.clear()
  }

  return {
    login,
    giveUp() {
      for (const attempt of attempts) attempt.giveUp()
    },
  }
}
