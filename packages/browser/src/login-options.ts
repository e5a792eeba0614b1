/**
 * Options of `login()`.
 *
 * @example
 * ```ts
 * const controller = new AbortController()
 * cancelButton.onclick = () => controller.abort()
 * await roambi.login({ whenBlocked: 'redirect', signal: controller.signal })
 * ```
 */
export interface LoginOptions {
  /**
   * `popup` opens a window. `redirect` leaves the page and comes back to it: the promise then ends
   * with the page, and the app that is loaded next is signed in. Default: `popup`, but `redirect` in
   * an app on an iOS home screen, whose popups never answer.
   */
  display?: 'popup' | 'redirect'
  /** What to do when the browser blocks the popup. Default: `reject`, with `popup_blocked`. */
  whenBlocked?: 'reject' | 'redirect'
  /**
   * Where a redirect comes back to, on this origin; relative to the present address. Default: the
   * present address.
   */
  returnTo?: string
  /** Gives the sign-in up: the window closes, and `login()` rejects with `login_aborted`. */
  signal?: AbortSignal
  /** How long the user may take, in ms. Default, and at most: 600000 (ten minutes). */
  timeout?: number
  /**
   * Opens a window in any case: a sign-in under way is given up with `login_superseded`. Default:
   * `false`, which brings the open window to the front and shares its end.
   */
  force?: boolean
  /**
   * What it means that the window seems closed, and the app has had the focus for two seconds.
   * `advise`: the state says `maybe-closed`, and the sign-in goes on, since such a window may be open
   * still. `reject`: where it is certain, `login()` rejects with `popup_closed`, and advises
   * otherwise. `off`: nobody looks. Default: `advise`.
   */
  closeDetection?: 'advise' | 'reject' | 'off'
}
