// What the app and its callback page must agree on. The page may have come with any deployment of
// the app, so nothing here changes lightly.

/** One name for all sign-ins: a reloaded app hears the answers to those that it began before. */
export const channelName = 'roambi-auth callback'

/** With the `state` behind it, the key of an answer that waits in storage. */
export const mailboxPrefix = 'roambi-auth callback '

/** How long an answer waits there, in ms. */
export const mailboxLifetime = 120_000

/** With the `state` behind it, the key of where a redirected user came from, in `sessionStorage`. */
export const returnPrefix = 'roambi-auth return '

/** From the callback page to the app, as JSON on each way; `sentAt` is in ms since 1970. */
export function callbackMessage(callbackUrl: string, sentAt: number): string {
  return JSON.stringify({ callbackUrl, sentAt })
}

/** From the app to the callback page: the answer with this `state` has arrived. */
export interface CallbackReceipt {
  readonly received: string
}

/** Tries it. Each way may be missing, forbidden or full: the others still work. */
export function works(use: () => void): void {
  try {
    use()
  } catch {}
}
