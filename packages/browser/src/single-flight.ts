/** How long a tab waits for another tab that is at the same task, in ms. */
const patience = 20_000

/**
 * Runs a task once for all who ask for it at the same time: callers in this tab share its promise,
 * and other tabs wait for their turn. Whoever gets a turn must look whether the task is still to be
 * done. Without Web Locks (a page on plain http) only the callers in this tab are joined.
 *
 * @throws `TimeoutError` (DOMException) when the turn does not come in 20 s
 */
export function createSingleFlight<T>(
  name: string,
  task: () => Promise<T>,
  locks: LockManager | undefined = globalThis.navigator?.locks ?? undefined,
): () => Promise<T> {
  let flight: Promise<T> | undefined

  return function run() {
    if (flight) return flight
    const own = inTurn().finally(() => {
      if (flight === own) flight = undefined
    })
    flight = own
    return own
  }

  async function inTurn(): Promise<T> {
    if (!locks) return task()
    return locks.request(name, { signal: AbortSignal.timeout(patience) }, task)
  }
}
