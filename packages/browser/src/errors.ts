/**
 * What went wrong, as a stable word to branch on. Codes of the OAuth answers (RFC 6749 sections
 * 4.1.2.1 and 5.2, RFC 9449 sections 5 and 8), such as `access_denied`, are passed on as they came.
 */
export type RoambiAuthErrorCode =
  | 'invalid_option'
  | 'insecure_page'
  | 'popup_blocked'
  | 'login_aborted'
  | 'login_timeout'
  | 'login_superseded'
  | 'popup_closed'
  | 'login_failed'
  | 'invalid_callback'
  | 'access_denied'
  | 'invalid_grant'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'
  | 'invalid_token_answer'
  | 'network_error'
  | 'server_error'
  | 'temporarily_unavailable'
  | 'signed_out'
  | 'session_expired'
  | 'storage_failed'
  | 'disposed'
  | (string & {})

/**
 * The one error that this package throws. It never holds a token, a code or a verifier.
 *
 * @example
 * ```ts
 * import { RoambiAuthError } from '@roambi-auth/browser'
 *
 * try {
 *   await roambi.login()
 * } catch (error) {
 *   if (!(error instanceof RoambiAuthError)) throw error
 *   if (error.code === 'popup_blocked') show('Please allow popups for this page.')
 *   else if (error.retryable) show('Roambi did not answer. Please try again.')
 * }
 * ```
 */
export class RoambiAuthError extends Error {
  /** The same in a minified app. */
  override readonly name = 'RoambiAuthError'
  /** Stable; the message is not. */
  readonly code: RoambiAuthErrorCode
  /** `true` when the same call may succeed later: a network fault, a timeout, a busy server. */
  readonly retryable: boolean
  /** How long to wait before that, in ms, where it is known. */
  readonly retryAfter: number | undefined

  constructor(
    code: RoambiAuthErrorCode,
    message: string,
    { retryable = false, retryAfter, cause }: RoambiAuthErrorDetails = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.retryable = retryable
    this.retryAfter = retryAfter
  }
}

/** What an error has beside its code and message. */
export interface RoambiAuthErrorDetails {
  /** Whether the same call may succeed later. Default: `false`. */
  readonly retryable?: boolean
  /** How long to wait before that, in ms. Default: not known. */
  readonly retryAfter?: number | undefined
  /** The error behind it, such as `fetch`'s. Default: none. */
  readonly cause?: unknown
}
