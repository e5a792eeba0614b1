import type { Snapshot } from '@roambi-auth/browser'
import { element } from './element.ts'
import type { Report } from './report.ts'
import { roambi } from './roambi.ts'

/** The button that signs in, and what it looks like while a sign-in is under way. */
export interface SignIn {
  show(snapshot: Snapshot): void
}

export function createSignIn(report: Report): SignIn {
  const button = element('sign-in', HTMLButtonElement)
  const cancelButton = element('cancel', HTMLButtonElement)
  const here = element('sign-in-here', HTMLButtonElement)
  const hint = element('waiting', HTMLElement)
  const welcome = element('welcome', HTMLElement)
  const label = button.textContent

  button.addEventListener('click', () => {
    // Called before anything is awaited, or the browser would block the window. While the window is
    // open, another call brings it to the front.
    roambi.login().catch(report.fail)
  })

  // For browsers that block the window: Roambi's page takes the place of this one.
  here.addEventListener('click', () => {
    roambi.login({ display: 'redirect' }).catch(report.fail)
  })

  cancelButton.addEventListener('click', () => roambi.cancelLogin())
  welcome.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape' && !cancelButton.hidden) roambi.cancelLogin()
  })

  return {
    show({ status, signInWindow, error }) {
      const isWaiting = status === 'signing-in'
      const focused = document.activeElement
      button.textContent = isWaiting ? labels[signInWindow ?? 'none'] : label
      button.classList.toggle('waiting', isWaiting)
      cancelButton.hidden = !isWaiting
      here.hidden = isWaiting
      // Where windows are blocked, the other way comes first.
      const isBlocked = error?.code === 'popup_blocked'
      button.classList.toggle('primary', !isBlocked)
      here.classList.toggle('primary', isBlocked)
      const next = isWaiting && signInWindow ? hints[signInWindow] : ''
      // Said again, it would be read out again.
      if (hint.textContent !== next) hint.textContent = next
      // What had the focus is gone: keyboards and screen readers go on at the button that is left.
      if ([cancelButton, here].some((one) => one.hidden && one === focused)) button.focus()
    },
  }
}

const labels = {
  open: 'Continue in the Roambi window',
  'maybe-closed': 'Open the Roambi window again',
  // On the way to Roambi's page in this tab, or back from it.
  none: 'Signing in…',
}

const hints = {
  open: 'Can’t see the window? Press the button again: it comes to the front, or opens anew.',
  'maybe-closed':
    'Still signing in? If you closed the window, open it again, or cancel. ' +
    'If it is still there, just go on in it.',
}
