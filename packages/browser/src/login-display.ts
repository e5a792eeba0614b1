import { RoambiAuthError } from './errors.ts'
import type { LoginDisplay } from './login-attempt.ts'
import type { LoginOptions } from './login-options.ts'
import { openPopup, type PopupEdges } from './popup.ts'
import { createRedirect, type RedirectEdges } from './redirect.ts'

export type DisplayEdges = PopupEdges & RedirectEdges

/**
 * Opens what the options and the browser allow.
 *
 * @throws {@link RoambiAuthError} `popup_blocked`, `invalid_option`
 */
export function openDisplay(edges: DisplayEdges, options: LoginOptions): LoginDisplay {
  const returnTo = checkReturnTo(options.returnTo ?? location.href)
  const { display = isHomeScreenApp() ? 'redirect' : 'popup' } = options
  const popup = display === 'popup' && openPopup(edges, options)
  if (popup) return popup
  if (display === 'redirect' || options.whenBlocked === 'redirect') {
    return createRedirect(edges, returnTo)
  }
  throw new RoambiAuthError('popup_blocked', 'The browser blocked the sign-in window.')
}

function checkReturnTo(returnTo: string): string {
  if (URL.canParse(returnTo, location.href)) {
    const { href, origin } = new URL(returnTo, location.href)
    if (origin === location.origin && /^https?:/.test(href)) return href
  }
  throw new RoambiAuthError('invalid_option', '`returnTo` must be an address of this origin.')
}

// On iOS. A window that is opened from there is in another process, with a storage of its own.
function isHomeScreenApp(): boolean {
  return (navigator as { standalone?: boolean }).standalone === true
}
