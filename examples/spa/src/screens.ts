import type { Snapshot } from '@roambi-auth/browser'
import { element } from './element.ts'

/** The three faces of the page, of which one is shown. */
export interface Screens {
  show(snapshot: Snapshot): void
}

export function createScreens(): Screens {
  const loading = element('loading', HTMLElement)
  const welcome = element('welcome', HTMLElement)
  const dashboard = element('dashboard', HTMLElement)

  return {
    show({ status }) {
      const next = status === 'signed-in' ? dashboard : status === 'loading' ? loading : welcome
      if (!next.hidden) return
      const current = [loading, welcome, dashboard].find((screen) => !screen.hidden)
      const hadFocus = current?.contains(document.activeElement)
      if (current) current.hidden = true
      next.hidden = false
      // The pressed button is gone: keyboards and screen readers go on at the new heading.
      if (hadFocus) next.querySelector('h1')?.focus()
    },
  }
}
