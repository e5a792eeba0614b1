import type { Clock } from './clock.ts'

export interface RenewalTimerOptions {
  readonly clock: Clock
  readonly life: AbortSignal
  /** When there is something to do, in ms since 1970; `undefined`: nothing. */
  readonly dueAt: () => number | undefined
  /** Whether anybody would miss it: a hidden page is renewed when it is looked at again. */
  readonly isWanted: () => boolean
  readonly onDue: () => void
  readonly random: () => number
}

/** A timer is not trusted for longer than that: clocks jump, machines sleep; in ms. */
const longestHop = 3_600_000
/** So that the tabs do not all start at the same moment; in ms. */
const spread = 10_000
/** Where something is due that could not be done; in ms. */
const shortestHop = 1000

/**
 * Renews a little before it is needed, so that a call need not wait. A bonus: timers of hidden pages
 * come late or never, so each use looks at the clock itself. Returns what sets the timer anew.
 */
export function createRenewalTimer({
  clock,
  life,
  dueAt,
  isWanted,
  onDue,
  random,
}: RenewalTimerOptions): () => void {
  let callOff = () => {}
  let armedFor: number | undefined
  life.addEventListener('abort', () => callOff())

  function arm(): void {
    const due = dueAt()
    if (due !== undefined && due === armedFor) return
    callOff()
    armedFor = due
    if (due === undefined || life.aborted) return
    const untilDue = Math.max(shortestHop, due - clock.now() + random() * spread)
    callOff = clock.after(Math.min(untilDue, longestHop), look)
  }

  function look(): void {
    const isDue = armedFor !== undefined && armedFor <= clock.now()
    armedFor = undefined
    if (isDue && isWanted()) onDue()
    else if (!isDue) arm()
  }

  return arm
}
