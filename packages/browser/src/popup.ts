import type { Clock } from './clock.ts'
import { RoambiAuthError } from './errors.ts'
import type { LoginDisplay } from './login-attempt.ts'
import type { LoginOptions } from './login-options.ts'
import { watchPopup } from './popup-watch.ts'

export interface PopupEdges {
  readonly clock: Clock
  readonly hasFocus?: (() => boolean) | undefined
}

/**
 * Opens an empty window, unless the browser blocks it. To be called in the click's own task: after
 * an `await`, WebKit blocks it.
 */
export function openPopup(
  { clock, hasFocus }: PopupEdges,
  { closeDetection = 'advise' }: LoginOptions,
): LoginDisplay | undefined {
  const popup = openWindow()
  if (!popup) return undefined
  return {
    status: 'open',
    get isShown() {
      return !popup.closed
    },
    focus: () => popup.focus(),
    close: () => popup.close(),
    show(url, attempt) {
      popup.location.replace(url)
      if (closeDetection === 'off') return
      const { end } = attempt
      watchPopup({ popup, clock, end, hasFocus }, (sight) => {
        // It counts no more once it has answered.
        if (attempt.status === 'finishing') return
        if (sight === 'closed' && closeDetection === 'reject') attempt.giveUp(closed())
        else attempt.turnTo(sight === 'open' ? 'open' : 'maybe-closed')
      })
    },
  }
}

function openWindow(): Window | null {
  const [width, height] = [480, 680]
  const left = screenX + (outerWidth - width) / 2
  const top = screenY + (outerHeight - height) / 2
  const features = `popup,width=${width},height=${height},left=${left},top=${top}`
  try {
    return open('about:blank', '_blank', features)
  } catch {
    // Firefox throws in a frame that may not open windows.
    return null
  }
}

function closed(): RoambiAuthError {
  return new RoambiAuthError('popup_closed', 'The sign-in window was closed.')
}
