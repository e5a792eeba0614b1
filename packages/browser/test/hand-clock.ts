import type { Clock } from '../src/clock.ts'

export interface HandClock extends Clock {
  /** Lets `ms` go by, and does what falls due on the way, in its order. */
  advance(ms: number): void
  /** How many timers wait. */
  readonly waiting: number
}

/** A clock that stands still until a test moves it. */
export function createHandClock(): HandClock {
  let now = Date.UTC(2026, 0, 1)
  const timers = new Set<{ at: number; task: () => void }>()

  function nextUntil(end: number) {
    const due = [...timers].filter(({ at }) => at <= end)
    return due.sort((one, other) => one.at - other.at)[0]
  }

  return {
    now: () => now,
    after(delay, task) {
      const timer = { at: now + Math.max(0, delay), task }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance(ms) {
      const end = now + ms
      for (let timer = nextUntil(end); timer; timer = nextUntil(end)) {
        timers.delete(timer)
        now = timer.at
        timer.task()
      }
      now = end
    },
    get waiting() {
      return timers.size
    },
  }
}
