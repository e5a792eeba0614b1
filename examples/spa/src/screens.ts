import type { Session } from '@roambi-auth/browser'
import { element } from './element.ts'

/** The three faces of the page, of which one is shown. */
export interface Screens {
  show(session: Session | null | undefined): void
}

export function createScreens(): Screens {
  const loading = element('loading', HTMLElement)
  const welcome = element('welcome', HTMLElement)
  const dashboard = element('dashboard', HTMLElement)

  return {
    show(session) {
      const next = session ? dashboard : session === null ? welcome : loading
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
