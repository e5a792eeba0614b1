/** A task that runs once for all who ask for it at the same time: they share its promise. */
export interface SingleFlight<T> {
  run(): Promise<T>
  /** Resolves when it is not running. */
  settled(): Promise<void>
}

export function createSingleFlight<T>(task: () => Promise<T>): SingleFlight<T> {
  let flight: Promise<T> | undefined

  return {
    run() {
      flight ??= task().finally(() => {
        flight = undefined
      })
      return flight
    },
    async settled() {
      await flight?.catch(() => {})
    },
  }
}
