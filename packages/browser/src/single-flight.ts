/** Runs a task once for all who ask for it at the same time: they share its promise. */
export function createSingleFlight<T>(task: () => Promise<T>): () => Promise<T> {
  let flight: Promise<T> | undefined

  return function run() {
    if (flight) return flight
    const own = task().finally(() => {
      if (flight === own) flight = undefined
    })
    flight = own
    return own
  }
}
