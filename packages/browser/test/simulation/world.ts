import { setImmediate } from 'node:timers'
import type { Chance } from './chance.ts'

/** True time, as all servers have it, and what is going to happen in it. All times in ms. */
export interface World {
  readonly now: number
  readonly chance: Chance
  /** The first law that was broken, and how. */
  readonly violation: string | undefined
  after(delay: number, task: () => void): () => void
  /** Lets time go by, until a law is broken. */
  pass(duration: number): Promise<void>
  /** A line of the story, which is only told of a schedule that failed. */
  tell(line: () => string): void
  violate(law: string): void
}

interface Event {
  readonly at: number
  task: (() => void) | undefined
}

export interface WorldOptions {
  /** Where lines of the story go. */
  readonly story?: string[] | undefined
  /** Waits for every promise that can settle. */
  readonly settle?: () => Promise<void>
}

export function createWorld(
  chance: Chance,
  { story, settle = manyTurns }: WorldOptions = {},
): World {
  let now = 0
  let violation: string | undefined
  /** The next one last. */
  const events: Event[] = []

  function tell(line: () => string): void {
    story?.push(`${(now / 1000).toFixed(3).padStart(9)} s  ${line()}`)
  }

  return {
    get now() {
      return now
    },
    chance,
    get violation() {
      return violation
    },
    after(delay, task) {
      const event: Event = { at: now + Math.max(0, delay), task }
      let place = events.length
      // Behind all that is to happen at the same moment.
      while (place > 0 && (events[place - 1] as Event).at <= event.at) place--
      events.splice(place, 0, event)
      return () => {
        event.task = undefined
      }
    },
    async pass(duration) {
      const end = now + duration
      for (let next = events.at(-1); next && next.at <= end && !violation; next = events.at(-1)) {
        events.pop()
        if (!next.task) continue
        now = next.at
        next.task()
        await settle()
      }
      if (!violation) now = end
    },
    tell,
    violate(law) {
      tell(() => `BROKEN: ${law}`)
      violation ??= law
    },
  }
}

/** Enough for every chain of promises, as a test sees to; faster than `wholeTurn`. */
async function manyTurns(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await undefined
}

/** Sure to be enough: nothing here waits for anything real. */
export function wholeTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
