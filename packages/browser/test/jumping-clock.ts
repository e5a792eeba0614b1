import type { Clock } from '../src/clock.ts'

export interface JumpingClock extends Clock {
  /** How long has been waited, each time, in ms. */
  readonly waits: readonly number[]
}

/** Who waits is called at once, when `meanwhile` is done, and then that time has passed. */
export function createJumpingClock(meanwhile: () => unknown = () => {}): JumpingClock {
  const waits: number[] = []
  let time = Date.UTC(2026, 0, 1)

  return {
    waits,
    now: () => time,
    after(delay, task) {
      waits.push(delay)
      let isCalledOff = false
      Promise.resolve()
        .then(meanwhile)
        .then(() => {
          if (isCalledOff) return
          time += delay
          task()
        })
      return () => {
        isCalledOff = true
      }
    },
  }
}
