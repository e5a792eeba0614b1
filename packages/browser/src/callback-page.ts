import { callbackMessage, mailboxPrefix, returnPrefix } from './callback-channel.ts'
import { deliverCallback } from './callback-delivery.ts'
import { type Clock, systemClock } from './clock.ts'

/** Options of `handleCallback()`. */
export interface CallbackOptions {
  /** Shows a sentence to the user. Default: it becomes the text of `#status`, or of the page. */
  show?: (sentence: string) => void
  /** How long to wait for the app before the user is told what to do, in ms. Default: 2000. */
  patience?: number
}

/** The whole of it, by a clock that tests can turn. */
export async function runCallbackPage(
  { show = showInPage, patience = 2000 }: CallbackOptions = {},
  clock: Clock = systemClock,
): Promise<void> {
  const callbackUrl = location.href
  history.replaceState(null, '', location.pathname)
  const state = new URL(callbackUrl).searchParams.get('state')
  if (!state) return show('This page ends a sign-in. To start one, go to the app.')
  const returnTo = takeAlong(state, callbackMessage(callbackUrl, clock.now()))
  if (returnTo) return location.replace(returnTo)

  const callOff = clock.after(patience, () => show(nearlyDone))
  const isTaken = await deliverCallback(callbackUrl, state, clock)
  callOff()
  show(isTaken ? done : tooLate)
  if (isTaken) window.close()
}

const done = 'You can close this window.'
const nearlyDone =
  'Close this window and go back to the app. If you are not signed in there, sign in again.'
const tooLate = 'Nobody is waiting for this sign-in. Close this window and sign in again.'

/**
 * Where the user came from, if this tab was sent here by a redirect; the answer goes along. In
 * `sessionStorage`, which is this tab's alone: no other tab takes it and shows how it ended.
 */
function takeAlong(state: string, message: string): string | undefined {
  try {
    const returnTo = sessionStorage.getItem(returnPrefix + state)
    if (!returnTo || new URL(returnTo).origin !== location.origin) return
    sessionStorage.setItem(mailboxPrefix + state, message)
    sessionStorage.removeItem(returnPrefix + state)
    return returnTo
  } catch {
    // Without it, or when it is full, the answer goes the way of a popup's.
  }
}

function showInPage(sentence: string): void {
  const place = document.querySelector('#status') ?? document.body
  place.textContent = sentence
}
