import type { Clock } from './clock.ts'

/** Several come together, as a phone is unlocked: one look is enough; in ms. */
const settling = 1000

/**
 * Calls `onWakeUp` when the page may have slept, missed messages or been without a network, until
 * `life` ends.
 */
export function listenForWakeUps(
  clock: Clock,
  life: AbortSignal,
  onWakeUp: (isOnlineAgain: boolean) => void,
): void {
  let lastAt = Number.NEGATIVE_INFINITY

  function wake({ type }: Event): void {
    const isOnlineAgain = type === 'online'
    const now = clock.now()
    const isRecent = Math.abs(now - lastAt) < settling
    if (!isOnlineAgain && (isRecent || document.visibilityState !== 'visible')) return
    lastAt = now
    onWakeUp(isOnlineAgain)
  }

  const options = { signal: life }
  for (const type of ['online', 'pageshow', 'focus']) addEventListener(type, wake, options)
  document.addEventListener('visibilitychange', wake, options)
}
