import type { Session, SessionChange } from '@roambi-auth/browser'
import type { EventKind } from './event-log.ts'

/** A change of the session in plain words. */
export function newsOf(
  session: Session | null | undefined,
  { reason, elsewhere }: SessionChange,
): [kind: EventKind, sentence: string] {
  switch (reason) {
    case 'signed-in':
      return ['success', elsewhere ? 'Signed in in another tab.' : 'Signed in.']
    case 'renewed':
      return ['success', elsewhere ? 'Renewed in another tab.' : 'Renewed the access token.']
    case 'signed-out':
      return ['news', elsewhere ? 'Signed out in another tab.' : 'Signed out.']
    case 'expired':
      return ['failure', 'Your session has ended. Sign in again.']
    case 'loaded':
      if (elsewhere) return ['news', 'Another tab changed the session.']
      return ['news', session ? 'Welcome back: you are still signed in.' : 'Nobody is signed in.']
  }
}
