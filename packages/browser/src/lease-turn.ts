import { randomText } from './base64url.ts'
import { type Clock, wait } from './clock.ts'
import type { SessionRecord } from './session-record.ts'
import type { SharedRecord } from './shared-record.ts'
import { notInTime, patience, type Turn } from './turn.ts'

/** Longer than a task takes, so that only a tab that died or was frozen loses its turn; in ms. */
const leaseTime = 25_000
/** Between two looks, in ms. */
const pause = 500

/**
 * Turns by a row in the record, for browsers without Web Locks. Weaker: a tab that is frozen for
 * longer than its lease may go on beside the next one. What it writes then is refused, since the
 * record is no longer the one that it began with.
 *
 * @throws `TimeoutError` (DOMException) when the turn does not come in 25 s
 */
export function createLeaseTurn(
  record: Pick<SharedRecord, 'change'>,
  clock: Clock,
  owner: string = randomText(),
): Turn {
  async function take(): Promise<boolean> {
    const now = clock.now()
    const { leaseOwner } = await record.change((before) =>
      isFree(before, now) ? { ...before, leaseOwner: owner, leaseUntil: now + leaseTime } : before,
    )
    return leaseOwner === owner
  }

  function isFree({ leaseOwner = owner, leaseUntil = 0 }: SessionRecord, now: number): boolean {
    // Further away than any lease, however long this tab has waited for the store: the clock was
    // set back.
    return leaseOwner === owner || leaseUntil <= now || leaseUntil > now + 2 * leaseTime
  }

  async function giveBack(): Promise<void> {
    await record.change((before) =>
      before.leaseOwner === owner ? { ...before, leaseUntil: 0 } : before,
    )
  }

  return async (task) => {
    const begin = clock.now()
    while (!(await take())) {
      if (Math.abs(clock.now() - begin) >= patience) throw notInTime()
      await wait(clock, pause)
    }
    return task().finally(giveBack)
  }
}
