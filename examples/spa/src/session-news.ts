import { RoambiAuthError, type Snapshot } from '@roambi-auth/browser'
import type { EventKind } from './event-log.ts'

type News = [kind: EventKind, sentence: string]

/**
 * Whether a screen reader is to read the news out. The rest is in the log for whoever looks: a page
 * that talks at each renewal is switched off.
 */
export function isReadOut({ reason }: Snapshot): boolean {
  return reason === 'signed-in' || reason === 'signed-out'
}

/** What is new, in plain words; `undefined` where the page itself shows it. */
export function newsOf({
  reason,
  elsewhere,
  session,
  status,
  persistence,
}: Snapshot): News | undefined {
  switch (reason) {
    case 'window-open':
      return ['success', 'Roambi’s window is open.']
    case 'maybe-closed':
      return ['news', 'Roambi’s window may have been closed.']
    case 'redirecting':
      return ['news', 'Going to Roambi.']
    case 'finishing':
      return ['news', 'Back from Roambi: finishing the sign-in.']
    case 'sign-in-ended':
      return session ? undefined : ['news', 'The sign-in was given up.']
    case 'signed-in':
      return ['success', elsewhere ? 'Signed in in another tab.' : 'Signed in.']
    case 'renewed':
      return ['success', elsewhere ? 'Renewed in another tab.' : 'Renewed the access token.']
    case 'signed-out':
      return ['news', elsewhere ? 'Signed out in another tab.' : 'Signed out.']
    case 'expired':
      return ended
    case 'loaded':
      if (status === 'expired') return ended
      return ['news', session ? 'Welcome back: you are still signed in.' : 'Nobody is signed in.']
    case 'persistence':
      return persistence === 'memory'
        ? ['news', 'The session can’t be kept in this browser.']
        : ['news', 'This browser keeps the session again.']
    case 'created':
    case 'sign-in-failed':
      return undefined
  }
}

const ended: News = ['failure', 'Your session has ended. Sign in again.']

/** What the page cannot show after a sign-out: whether the session is gone from the store as well. */
export function newsOfDeletion(failure?: unknown): News {
  if (failure === undefined) return ['news', 'The session is deleted from this browser.']
  // Anything else is no news of the session.
  if (!(failure instanceof RoambiAuthError) || failure.code !== 'storage_failed') throw failure
  return [
    'failure',
    'You are signed out here, but this browser’s storage could not be reached to delete the ' +
      'session. Reload the page: if you are still signed in, sign out again.',
  ]
}
