/**
 * What a callback page needs, and nothing else.
 *
 * @module @roambi-auth/browser/callback
 */

import { type CallbackOptions, runCallbackPage } from './callback-page.ts'

export type { CallbackOptions } from './callback-page.ts'

/**
 * The whole of a callback page: hands the authorization response (RFC 6749 section 4.1.2) to the
 * app, and closes the window; or, after `login({ display: 'redirect' })`, goes back to the app. The
 * page's address is cleaned first, so that the code stays in no history.
 *
 * When no app takes the answer, it waits for two minutes: an app that has been reloaded meanwhile
 * ends the sign-in with it. What goes wrong is told to the user: there is nothing to catch.
 *
 * @example
 * ```ts
 * import { handleCallback } from '@roambi-auth/browser/callback'
 *
 * handleCallback()
 * ```
 */
export function handleCallback(options?: CallbackOptions): Promise<void> {
  return runCallbackPage(options)
}
