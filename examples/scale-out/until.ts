import { setTimeout as pause } from 'node:timers/promises'

/**
 * Waits until `holds` gives `true`; a rejection counts as "not yet".
 *
 * @param what completes "… within 60 s" when it never does
 * @param limit in ms. Default 60000
 */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limit = 60_000,
): Promise<void> {
  const end = Date.now() + limit
  while (!(await attempt(holds))) {
    if (Date.now() > end) throw new Error(`${what} did not happen within ${limit / 1000} s.`)
    await pause(30)
  }
}

async function attempt(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  try {
    return await holds()
  } catch {
    return false
  }
}
