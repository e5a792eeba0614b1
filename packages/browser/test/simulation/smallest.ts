import type { Schedule } from './schedule.ts'

/** Leaves out every step that the fault does not need. */
export async function smallest(
  schedule: Schedule,
  fails: (schedule: Schedule) => Promise<boolean>,
): Promise<Schedule> {
  for (let place = schedule.steps.length - 1; place >= 0; place--) {
    const shorter = { ...schedule, steps: schedule.steps.filter((_, index) => index !== place) }
    if (await fails(shorter)) return smallest(shorter, fails)
  }
  return schedule
}
