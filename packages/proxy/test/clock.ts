import { onTestFinished, vi } from 'vitest'

/**
 * Stops the clock, for the proxy and the sandbox alike, until the test is over; timers and sockets
 * go on. Gives a function that moves it, by ms.
 */
export function stopClock(): (time: number) => void {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  return (time) => void vi.setSystemTime(Date.now() + time)
}
