import { RoambiAuthError } from '@roambi-auth/browser'

/** What went wrong and what the user can do; `undefined` where the session's change tells it. */
export function adviceOn(error: unknown): string | undefined {
  if (!(error instanceof RoambiAuthError)) {
    return 'Roambi could not answer that. Check your connection, or try again in a minute.'
  }
  if (shownByThePage.has(error.code)) return undefined
  // For whoever has to mend it; the user gets a sentence of ours.
  console.error(error)
  return advice.get(error.code) ?? 'The sign-in did not work. Sign in again.'
}

const shownByThePage = new Set<string>([
  'signed_out',
  'session_expired',
  'login_aborted',
  'login_superseded',
])

// A Map, because the code may come from the address of the callback page.
const advice = new Map([
  [
    'popup_blocked',
    'Your browser blocked the Roambi window. Allow pop-ups for this page, or sign in in this tab.',
  ],
  [
    'access_denied',
    'You did not allow this app to use Roambi. If you change your mind, sign in again.',
  ],
  ['storage_failed', 'This browser does not let the page store data. Allow it, then try again.'],
  ['invalid_token_answer', 'Something else than Roambi answered: is there a Wi-Fi page to accept?'],
  ['login_timeout', 'The sign-in took too long and was given up. Sign in again.'],
  ['network_error', 'Roambi could not be reached. Check your connection, then try again.'],
  ['temporarily_unavailable', 'Roambi is busy at the moment. Try again in a minute.'],
  ['server_error', 'Roambi is busy at the moment. Try again in a minute.'],
])
