import type { Portal } from './directory.ts'
import { element } from './element.ts'

/** The portals that the user may open. */
export interface PortalList {
  show(portals: readonly Portal[]): void
  /** Says that there is nothing to show, unless something was shown before. */
  fail(): void
  clear(): void
}

export function createPortalList(): PortalList {
  const list = element('portals', HTMLUListElement)
  const note = element('no-portals', HTMLElement)

  function show(portals: readonly Portal[], sentence: string): void {
    list.replaceChildren(...portals.map(item))
    note.textContent = portals.length > 0 ? '' : sentence
  }

  return {
    show: (portals) => show(portals, 'No portals yet: none is shared with you.'),
    fail() {
      if (list.children.length === 0) show([], 'Your portals could not be loaded.')
    },
    clear: () => show([], ''),
  }
}

function item({ title, description }: Portal): HTMLLIElement {
  const heading = document.createElement('h3')
  heading.textContent = title ?? 'Untitled'
  const text = document.createElement('p')
  text.textContent = description ?? ''
  const portal = document.createElement('li')
  portal.append(heading, text)
  return portal
}
