import { RoambiAuthError } from './errors.ts'

/** The sign-in window. It knows no OAuth. */
export interface Popup {
  navigate(url: string): void
  focus(): void
  close(): void
  /** `true` is advice: a page with a COOP header makes every open window read as closed. */
  readonly seemsClosed: boolean
}

/**
 * Opens an empty window. To be called in the click's own task: after an `await`, WebKit blocks it.
 *
 * @throws {@link RoambiAuthError} `popup_blocked`
 */
export function openPopup(): Popup {
  const window = openWindow()
  return {
    navigate: (url) => window.location.replace(url),
    focus: () => window.focus(),
    close: () => window.close(),
    get seemsClosed() {
      return window.closed
    },
  }
}

function openWindow(): Window {
  let cause: unknown
  try {
    const window = globalThis.open('about:blank', '_blank', features())
    if (window) return window
  } catch (error) {
    // Firefox does so in a frame that may not open windows.
    cause = error
  }
  throw new RoambiAuthError('popup_blocked', 'The browser blocked the sign-in window.', { cause })
}

const width = 480
const height = 680

function features(): string {
  const left = Math.max(0, Math.round(screenX + (outerWidth - width) / 2))
  const top = Math.max(0, Math.round(screenY + (outerHeight - height) / 2))
  return `popup,width=${width},height=${height},left=${left},top=${top}`
}
