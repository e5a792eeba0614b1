import { type AuthorizationRequest, judgeCallback } from './authorization.ts'
import type { CallbackAnswer } from './callback-inbox.ts'
import { type Clock, wait } from './clock.ts'
import type { LoginAttempt } from './login-attempt.ts'
import type { PendingLogins } from './pending-logins.ts'
import type { SessionStart } from './session-start.ts'

export interface LoginAnswerEdges extends SessionStart {
  readonly pending: PendingLogins
  readonly clock: Clock
}

/** What comes back from the sign-in pages: claimed by one tab, judged, and redeemed. */
export interface LoginAnswers {
  /** Resolves when the attempt that it belongs to has ended; never rejects. */
  take(answer: CallbackAnswer, delay: number): Promise<void>
  /** Lets those alone that are about to be taken. */
  cancel(): void
}

/** `find` gives the attempt of this page that waits for it, `begin` one for a page that is gone. */
export function createLoginAnswers(
  edges: LoginAnswerEdges,
  find: (state: string) => LoginAttempt | undefined,
  begin: () => LoginAttempt,
): LoginAnswers {
  const { pending, clock } = edges
  let strays = new AbortController()

  async function takeOwn(attempt: LoginAttempt, answer: CallbackAnswer): Promise<void> {
    answer.acknowledge()
    // It comes on several ways.
    if (attempt.status === 'finishing') return ended(attempt)
    attempt.turnTo('finishing')
    await finish(attempt, answer, await pending.claim(answer.state))
  }

  /** Another tab waits for it, or did, or another app. */
  async function takeStray(answer: CallbackAnswer, delay: number): Promise<void> {
    const { signal } = strays
    if (delay > 0) await wait(clock, delay, signal).catch(() => {})
    const request = signal.aborted ? null : await pending.claim(answer.state)
    if (!request || signal.aborted) return
    answer.acknowledge()
    await finish(begin(), answer, request)
  }

  function finish(
    { result, startedAt, end, settle, giveUp }: LoginAttempt,
    { callbackUrl }: CallbackAnswer,
    request: AuthorizationRequest | null,
  ): Promise<void> {
    async function redeem() {
      end.throwIfAborted()
      // Another tab has the answer as well, and was faster.
      if (!request) return edges.signedInElsewhere(startedAt, end)
      return edges.finish(judgeCallback(callbackUrl, request), request, end)
    }
    redeem().then(settle, giveUp)
    return ended({ result })
  }

  return {
    take(answer, delay) {
      const own = find(answer.state)
      return own ? takeOwn(own, answer) : takeStray(answer, delay)
    },
    cancel() {
      strays.abort()
      strays = new AbortController()
    },
  }
}

async function ended({ result }: Pick<LoginAttempt, 'result'>): Promise<void> {
  await result.catch(() => {})
}
