import { adviceOn } from './advice.ts'
import { element } from './element.ts'
import { createEventLog, type EventKind } from './event-log.ts'

/** Tells the user what happened: in the log, and above the page while something is wrong. */
export interface Report {
  tell(kind: EventKind, sentence: string): void
  /** To who hears the page: what a button has done, where the eye sees it. */
  say(sentence: string): void
  fail(error: unknown): void
}

export function createReport(): Report {
  const log = createEventLog()
  const notice = element('notice', HTMLElement)
  const announcement = element('announcement', HTMLElement)
  let told: unknown

  function tell(kind: EventKind, sentence: string): void {
    log.add(kind, sentence)
    if (kind === 'success') notice.textContent = ''
    if (kind === 'failure') notice.textContent = sentence
  }

  return {
    tell,
    say(sentence) {
      announcement.textContent = sentence
    },
    fail(error) {
      // A sign-in that fails is told by its promise and by the snapshot.
      if (error === told) return
      told = error
      const advice = adviceOn(error)
      if (advice) tell('failure', advice)
    },
  }
}
