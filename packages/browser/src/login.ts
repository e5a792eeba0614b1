import { authorizationUrl, createAuthorizationRequest } from './authorization.ts'
import type { CallbackInbox } from './callback-inbox.ts'
import { RoambiAuthError } from './errors.ts'
import { createLoginAnswers, type LoginAnswerEdges } from './login-answers.ts'
import {
  aborted,
  createLoginAttempt,
  type LoginAttempt,
  type LoginAttemptEdges,
  type LoginDisplay,
} from './login-attempt.ts'
import { type DisplayEdges, openDisplay } from './login-display.ts'
import type { LoginOptions } from './login-options.ts'
import { judgeProgress, type LoginProgress } from './login-progress.ts'
import type { Session } from './session.ts'

export interface LoginEdges extends LoginAttemptEdges, LoginAnswerEdges, DisplayEdges {
  readonly clientId: string
  readonly authorizeUrl: string
  readonly redirectUri: () => string
  readonly issuer: string | undefined
  readonly inbox: CallbackInbox
  readonly life: AbortSignal
  readonly onProgress: (progress: LoginProgress) => void
}

/** Signs in, and finishes what this or another page of the app has begun. */
export interface Login {
  /** A second call while the window is open shows it, and shares its end. */
  login(options?: LoginOptions): Promise<Session>
  /** Ends all that is under way with `login_aborted`. */
  cancel(): void
  /**
   * Finishes what has been answered while nobody was there. To be called at the start and whenever
   * the page wakes up; resolves when that is done, and never rejects: how it went is progress.
   */
  resume(): Promise<void>
}

/** How long the tab that waits for an answer has it for itself, in ms. */
const headStart = 500

/** Opens nothing until it is used. */
export function createLogin(edges: LoginEdges): Login {
  const { clientId, authorizeUrl, issuer, pending, inbox, life } = edges
  // More than one, since a window that reads as closed may still be open: its answer counts.
  const attempts = new Set<LoginAttempt>()
  const answers = createLoginAnswers(
    edges,
    (state) => [...attempts].find((attempt) => attempt.state === state),
    () => begin({}),
  )
  let told: LoginProgress = { status: 'idle' }
  let isListening = false
  // What the user sees stays: the next page may finish it.
  life.addEventListener('abort', () => stop(({ leave }) => leave()))

  // Not `async`: the window must open before anything is awaited.
  function login(options: LoginOptions = {}): Promise<Session> {
    const before = [...attempts]
    const shown = before.find(({ status, display }) => status === 'finishing' || display?.isShown)
    if (shown && !options.force) {
      shown.display?.focus()
      return shown.result
    }
    try {
      life.throwIfAborted()
      if (options.signal?.aborted) throw aborted()
      const redirectUri = edges.redirectUri()
      const display = openDisplay(edges, options)
      const attempt = begin(options, display)
      listen()
      send(attempt, display, redirectUri).catch(attempt.giveUp)
      if (options.force) for (const { giveUp } of before) giveUp(superseded())
      return attempt.result
    } catch (error) {
      tell(error)
      return Promise.reject(error)
    }
  }

  function begin(options: LoginOptions, display?: LoginDisplay): LoginAttempt {
    const attempt = createLoginAttempt(edges, options, display, tell)
    attempts.add(attempt)
    tell()
    attempt.result.then(settleAll, (error) => {
      attempts.delete(attempt)
      tell(error)
    })
    return attempt
  }

  function settleAll(session: Session): void {
    for (const { settle } of attempts) settle(session)
    attempts.clear()
    tell()
  }

  async function send(attempt: LoginAttempt, display: LoginDisplay, redirectUri: string) {
    const fixed = { clientId, authorizeUrl, redirectUri, issuer }
    const request = await createAuthorizationRequest(fixed)
    const url = await authorizationUrl(request)
    if (attempt.end.aborted) return
    attempt.state = request.state
    const stored = pending.add(request)
    // What the store refuses is still known to this tab.
    stored.catch(() => {})
    await display.show(url, attempt, stored)
  }

  function listen(): void {
    if (!isListening) inbox.listen((answer) => answers.take(answer, headStart))
    isListening = true
  }

  function stop(endIt: (attempt: LoginAttempt) => void): void {
    answers.cancel()
    attempts.forEach(endIt)
  }

  /** Tells of changes only. `error` is what has just ended one of the attempts. */
  function tell(error?: unknown): void {
    const progress = judgeProgress([...attempts], error)
    if (progress.status === told.status && progress.error === told.error) return
    told = progress
    edges.onProgress(progress)
  }

  return {
    login,
    cancel: () => stop(({ giveUp }) => giveUp(aborted())),
    async resume() {
      if (life.aborted) return
      listen()
      await Promise.all(inbox.left().map((answer) => answers.take(answer, 0)))
    },
  }
}

function superseded(): RoambiAuthError {
  return new RoambiAuthError('login_superseded', 'Another sign-in was started.')
}
