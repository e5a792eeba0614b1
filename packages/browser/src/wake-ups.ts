import type { Clock } from './clock.ts'

/** Several come together, as a phone is unlocked; in ms. */
const settling = 1000

/**
 * Calls `onWakeUp` when the page may have slept, missed messages or been without a network, until
 * `life` ends: at once, and once more where others have followed within a second.
 */
export function listenForWakeUps(
  clock: Clock,
  life: AbortSignal,
  onWakeUp: (isOnlineAgain: boolean) => void,
): void {
  let callOff: (() => void) | undefined
  let isMissed = false

  function wake({ type }: Event): void {
    const isOnlineAgain = type === 'online'
    if (!isOnlineAgain && document.visibilityState !== 'visible') return
    if (callOff && !isOnlineAgain) {
      isMissed = true
      return
    }
    callOff?.()
    callOff = clock.after(settling, settle)
    onWakeUp(isOnlineAgain)
  }

  function settle(): void {
    callOff = undefined
    if (isMissed) onWakeUp(false)
    isMissed = false
  }

  const options = { signal: life }
  for (const type of ['online', 'pageshow', 'focus']) addEventListener(type, wake, options)
  document.addEventListener('visibilitychange', wake, options)
  life.addEventListener('abort', () => callOff?.())
}
