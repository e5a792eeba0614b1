import { element } from './element.ts'
import type { Report } from './report.ts'
import { roambi } from './roambi.ts'

/** The button that signs in, and what it looks like while Roambi's window is open. */
export interface SignIn {
  /** Closes the window, if there is one. */
  cancel(): void
}

export function createSignIn(report: Report): SignIn {
  const button = element('sign-in', HTMLButtonElement)
  const cancelButton = element('cancel', HTMLButtonElement)
  const hint = element('waiting', HTMLElement)
  const label = button.textContent
  let attempt: AbortController | undefined

  button.addEventListener('click', async () => {
    const current = attempt ?? start()
    try {
      // Called before anything is awaited, or the browser would block the window. While the window
      // is open, another call brings it to the front.
      await roambi.login(current)
    } catch (error) {
      if (!current.signal.aborted) report.fail(error)
    }
    if (attempt === current) cancel()
  })

  cancelButton.addEventListener('click', () => {
    cancel()
    button.focus()
    report.tell('news', 'Cancelled the sign-in.')
  })

  function start(): AbortController {
    attempt = new AbortController()
    wait(true)
    report.tell('news', 'Started the sign-in.')
    return attempt
  }

  function cancel(): void {
    attempt?.abort()
    attempt = undefined
    wait(false)
  }

  function wait(isWaiting: boolean): void {
    button.textContent = isWaiting ? 'Continue in the Roambi window' : label
    button.classList.toggle('waiting', isWaiting)
    cancelButton.hidden = !isWaiting
    hint.hidden = !isWaiting
  }

  return { cancel }
}
