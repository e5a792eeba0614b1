import type { Session } from '@roambi-auth/browser'
import { element } from './element.ts'

/** The ring that empties as the access token comes to its end. */
export interface TimeLeft {
  show(session: Session | null): void
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })

export function createTimeLeft(): TimeLeft {
  const ring = element('ring', SVGCircleElement)
  const timer = element('time-left', HTMLElement)
  const signedInAt = element('signed-in-at', HTMLElement)
  const renewedAt = element('renewed-at', HTMLElement)
  let interval: ReturnType<typeof setInterval> | undefined

  function update({ renewedAt, expiresAt }: Session): void {
    const left = Math.max(0, expiresAt - Date.now())
    ring.style.setProperty('--left', String(left / (expiresAt - renewedAt)))
    timer.textContent = inWords(left)
  }

  return {
    show(session) {
      clearInterval(interval)
      if (!session) return
      signedInAt.textContent = clock.format(session.signedInAt)
      renewedAt.textContent = clock.format(session.renewedAt)
      update(session)
      interval = setInterval(update, 1000, session)
    },
  }
}

/** `86_340_000` ms gives `23 h 59 min`, `42_000` ms gives `42 s`. */
export function inWords(duration: number): string {
  const seconds = Math.floor(duration / 1000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  if (hours > 0) return `${hours} h ${minutes % 60} min`
  if (minutes > 0) return `${minutes} min ${seconds % 60} s`
  return `${seconds} s`
}
