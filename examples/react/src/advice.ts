import { RoambiAuthError } from '@roambi-auth/browser'

/** What went wrong, and what the user can do about it. */
export function adviceOn(error: unknown): string {
  const code = error instanceof RoambiAuthError ? error.code : ''
  return advice.get(code) ?? 'That did not work. Please try again.'
}

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
