import { element } from './element.ts'

export type EventKind = 'news' | 'success' | 'failure'

/** The list of what happened, newest first. */
export interface EventLog {
  add(kind: EventKind, sentence: string): void
}

const capacity = 50

const localTime = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })

export function createEventLog(): EventLog {
  const list = element('events', HTMLOListElement)

  return {
    add(kind, sentence) {
      list.prepend(entry(kind, sentence, new Date()))
      if (list.children.length > capacity) list.lastElementChild?.remove()
    },
  }
}

function entry(kind: EventKind, sentence: string, at: Date): HTMLLIElement {
  const time = document.createElement('time')
  time.dateTime = at.toISOString()
  time.textContent = localTime.format(at)
  const text = document.createElement('span')
  text.textContent = sentence
  const item = document.createElement('li')
  item.className = kind
  item.append(time, text)
  return item
}
