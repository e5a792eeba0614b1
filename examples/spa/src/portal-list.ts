import type { Portal } from './directory.ts'
import { element } from './element.ts'

/** The portals that the user may open. */
export interface PortalList {
  show(portals: readonly Portal[]): void
  clear(): void
}

export function createPortalList(): PortalList {
  const list = element('portals', HTMLUListElement)

  return {
    show(portals) {
      list.replaceChildren(...(portals.length > 0 ? portals : [nothing]).map(item))
    },
    clear() {
      list.replaceChildren()
    },
  }
}

const nothing: Portal = { title: 'No portals yet', description: 'None is shared with you.' }

function item({ title, description }: Portal): HTMLLIElement {
  const heading = document.createElement('h3')
  heading.textContent = title ?? 'Untitled'
  const text = document.createElement('p')
  text.textContent = description ?? ''
  const portal = document.createElement('li')
  portal.append(heading, text)
  return portal
}
