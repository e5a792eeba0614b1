import type { Snapshot } from '@roambi-auth/browser'
import { element } from './element.ts'

/** What a user must know where the browser keeps nothing, for as long as that is so. */
export interface MemoryOnly {
  show(snapshot: Snapshot): void
}

export function createMemoryOnly(): MemoryOnly {
  const place = element('memory-only', HTMLElement)

  return {
    show({ persistence }) {
      const next = persistence === 'memory' ? sentence : ''
      // Said again, it would be read out again.
      if (place.textContent !== next) place.textContent = next
    },
  }
}

const sentence =
  'This browser keeps no data for this page: you can sign in, and are signed in until the page ' +
  'is closed or reloaded.'
