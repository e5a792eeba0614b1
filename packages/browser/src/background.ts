import type { Clock } from './clock.ts'
import { dueTime } from './renewal-record.ts'
import { createRenewalTimer } from './renewal-timer.ts'
import type { SessionKeeper } from './session-keeper.ts'
import type { SessionState } from './session-state.ts'
import { listenForWakeUps } from './wake-ups.ts'

export interface BackgroundOptions {
  readonly state: Pick<SessionState, 'known' | 'join' | 'wake'>
  readonly keeper: Pick<SessionKeeper, 'renewIfDue' | 'forgetFailures' | 'isInUse'>
  /** Ends the sign-ins that were begun before this page was loaded. */
  readonly resumeLogin: () => Promise<void>
  readonly clock: Clock
  readonly life: AbortSignal
  readonly random: () => number
}

/** What goes on without being asked for, from the first use of the client on. */
export interface Background {
  /** Does nothing when it is called again, and nothing without a DOM. */
  start(): void
  /** The session has changed. */
  rearm(): void
}

export function createBackground({
  state,
  keeper,
  resumeLogin,
  clock,
  life,
  random,
}: BackgroundOptions): Background {
  let isStarted = false
  const rearm = createRenewalTimer({
    clock,
    life,
    random,
    dueAt: () => state.known && dueTime(state.known, clock.now()),
    isWanted: () => document.visibilityState === 'visible' && keeper.isInUse(),
    onDue: keeper.renewIfDue,
  })

  function look(): void {
    // Both never fail: nobody is there to be told.
    resumeLogin()
    keeper.renewIfDue().then(rearm)
  }

  return {
    rearm,
    start() {
      if (isStarted || life.aborted || typeof document === 'undefined') return
      isStarted = true
      state.join()
      listenForWakeUps(clock, life, (isOnlineAgain) => {
        if (isOnlineAgain) keeper.forgetFailures()
        state.wake()
        look()
      })
      look()
    },
  }
}
