import { deliverCallback } from './callback-channel.ts'

/** Options of {@link handleCallback}. */
export interface CallbackOptions {
  /** Shows a sentence to the user. Default: it becomes the text of `#status`, or of the page. */
  show?: (sentence: string) => void
  /** How long to wait for the app to take the answer, in ms. Default: 2000. */
  patience?: number
}

/**
 * The whole of a callback page: hands the authorization response (RFC 6749 section 4.1.2) to the
 * app that waits for it, and closes the window. The page's address is cleaned first, so that the
 * code stays in no history.
 *
 * @example
 * ```ts
 * import { handleCallback } from '@roambi-auth/browser/callback'
 *
 * handleCallback()
 * ```
 */
export async function handleCallback({
  show = showInPage,
  patience = 2000,
}: CallbackOptions = {}): Promise<void> {
  const callbackUrl = location.href
  history.replaceState(null, '', location.pathname)
  const state = new URL(callbackUrl).searchParams.get('state')
  if (!state) return show('This page ends a sign-in. To start one, go to the app.')
  // Without BroadcastChannel it can't be handed over.
  if (await deliverCallback(callbackUrl, state, patience).catch(() => false)) {
    show('You can close this window.')
    window.close()
  } else {
    show('Nobody is waiting for this sign-in any more. Close this window and sign in again.')
  }
}

function showInPage(sentence: string): void {
  const place = document.querySelector('#status') ?? document.body
  place.textContent = sentence
}
