import type { Clock } from './clock.ts'

/** Runs a task when no other tab is at one. */
export type Turn = <T>(task: () => Promise<T>) => Promise<T>

/** How long a tab waits for its turn, in ms: longer than a task takes where the store answers. */
export const patience = 25_000

/**
 * Turns by a Web Lock. The lock is asked for and waited for, never stolen: who loses a stolen lock
 * goes on all the same. It ends with its tab.
 *
 * @throws `TimeoutError` (DOMException) when the turn does not come in 25 s
 */
export function createLockTurn(name: string, locks: LockManager, clock: Clock): Turn {
  return async (task) => {
    const tooLate = new AbortController()
    const { signal } = tooLate
    const callOff = clock.after(patience, () => tooLate.abort(notInTime()))
    let isTaken = false
    try {
      return await locks.request(name, { signal }, () => {
        isTaken = true
        callOff()
        return task()
      })
    } catch (error) {
      if (isTaken || signal.aborted) throw error
      // Browsers refuse locks where a page may store nothing, and then no tab shares the session.
      callOff()
      return task()
    }
  }
}

export function notInTime(): DOMException {
  return new DOMException(`No turn within ${patience} ms.`, 'TimeoutError')
}
