import { unlessAborted } from './unless-aborted.ts'

/** The time of this machine, which may be wrong and may jump; and its timers, which may be late. */
export interface Clock {
  /** In ms since 1970. */
  now(): number
  /** Calls `task` once, `delay` ms (24 days at most) from now, unless its result is called before. */
  after(delay: number, task: () => void): () => void
}

export const systemClock: Clock = {
  now: Date.now,
  after(delay, task) {
    const timer = setTimeout(task, delay)
    return () => clearTimeout(timer)
  },
}

/** Resolves after `delay` ms; rejects with the signal's reason when that comes first. */
export function wait(clock: Clock, delay: number, signal?: AbortSignal): Promise<void> {
  let callOff: (() => void) | undefined
  const elapsed = () =>
    new Promise<void>((resolve) => {
      callOff = clock.after(delay, resolve)
    })
  return unlessAborted(signal, elapsed).finally(() => callOff?.())
}

/**
 * The same promise, for at most `limit` ms: what it stands for goes on, and is not waited for.
 *
 * @throws `TimeoutError` (DOMException)
 */
export function within<T>(clock: Clock, limit: number, promise: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const giveUp = () => reject(new DOMException('Too late.', 'TimeoutError'))
    const end = clock.now() + limit
    let callOff = clock.after(limit, () => {
      // Long after its time: this page has slept, and what it waits for was not late.
      if (clock.now() > end + 1000) callOff = clock.after(limit, giveUp)
      else giveUp()
    })
    promise.then(resolve, reject).finally(() => callOff())
  })
}
