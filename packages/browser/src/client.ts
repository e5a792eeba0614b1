import ky, { type KyInstance } from 'ky'
import { RoambiAuthError } from './errors.ts'
import { createLogin } from './login.ts'
import type { LoginOptions } from './login-attempt.ts'
import { checkOptions, type RoambiOptions } from './options.ts'
import { publicSession, type Session } from './session.ts'
import { createSessionKeeper } from './session-keeper.ts'
import { createSessionState, type SessionListener } from './session-state.ts'
import { createIndexedDbStore } from './session-store.ts'
import { createSignedFetch } from './signed-fetch.ts'
import { createTokenEndpoint } from './token-endpoint.ts'

/** Signs a user in to Roambi Business and calls its API. */
export interface Roambi {
  /**
   * Opens Roambi's sign-in in a popup and resolves with the session. To be called in a click, before
   * any `await`, or the browser blocks the window. While the window is open, a second call brings it
   * to the front and shares its end; its own options are not looked at.
   *
   * @throws {@link RoambiAuthError} `popup_blocked`, `access_denied`, `login_aborted`,
   * `login_timeout`, `invalid_callback`, `invalid_grant`, `network_error`, `server_error`,
   * `temporarily_unavailable`, `invalid_token_answer`, `storage_failed`, `insecure_page`,
   * `invalid_option`, `invalid_dpop_proof`, `use_dpop_nonce`
   */
  login(options?: LoginOptions): Promise<Session>
  /**
   * Forgets the session, in this tab first, then in the store and in all other tabs. Its key goes
   * with it, so that the refresh token is worth nothing, wherever it may be. A sign-in that is under
   * way is given up.
   *
   * @throws {@link RoambiAuthError} `storage_failed`: this tab has forgotten it, the store has not
   */
  logout(): Promise<void>
  /**
   * A usable access token, renewed when it is about to end. Pass the token that an API has
   * `rejected` to get another one.
   *
   * @throws {@link RoambiAuthError} `signed_out`, `session_expired`, `network_error`,
   * `server_error`, `invalid_token_answer`, `storage_failed`, `invalid_dpop_proof`, `use_dpop_nonce`
   */
  getAccessToken(options?: { rejected?: string }): Promise<string>
  /**
   * `fetch` with the access token, for `apiUrl`'s origin alone; after a 401, once more with another.
   *
   * @throws {@link RoambiAuthError} as {@link Roambi.getAccessToken}; what `fetch` throws
   */
  fetch: typeof fetch
  /**
   * A ky instance over {@link Roambi.fetch}, based at `apiUrl`.
   *
   * @example
   * ```ts
   * const { resources } = await roambi.api.get('user/resources').json<UserResources>()
   * ```
   */
  api: KyInstance
  /** The session; `null` when signed out, `undefined` while the store has not been read yet. */
  readonly session: Session | null | undefined
  /**
   * Calls `listener` at once and after each change, also those of other tabs. Returns what ends it.
   *
   * @example
   * ```ts
   * roambi.subscribe((session) => {
   *   document.title = session ? 'Signed in' : 'Signed out'
   * })
   * ```
   */
  subscribe(listener: SessionListener): () => void
}

/**
 * Makes the one object that an app needs. Nothing is opened, read or sent until it is used.
 *
 * @example
 * ```ts
 * import { createRoambi } from '@roambi-auth/browser'
 *
 * const roambi = createRoambi({ clientId: '3d7c…', proxyUrl: 'https://auth.example.com' })
 * button.onclick = () => roambi.login()
 * ```
 *
 * @throws {@link RoambiAuthError} `invalid_option`
 */
export function createRoambi(options: RoambiOptions): Roambi {
  const settings = checkOptions(options)
  const { name, clientId, apiUrl } = settings
  const { fetch = (...request) => globalThis.fetch(...request) } = options
  const now = Date.now

  const state = createSessionState(name, options.store ?? createIndexedDbStore(name))
  const tokenEndpoint = createTokenEndpoint({ url: settings.tokenUrl, clientId, fetch, now })
  const keeper = createSessionKeeper({ name, state, tokenEndpoint, now })
  const signedFetch = createSignedFetch({ origin: new URL(apiUrl).origin, keeper, fetch })
  const { login, giveUp } = createLogin({
    ...settings,
    async finish(code, request, end) {
      const signedIn = await tokenEndpoint.redeem(code, request)
      end.throwIfAborted()
      const kept = await state.replace(() => signedIn, 'signed-in')
      // Nothing is kept when the user has signed out meanwhile, which has given this up as well.
      if (!kept) end.throwIfAborted()
      return publicSession(signedIn)
    },
  })

  return {
    login,
    logout() {
      giveUp()
      return state.clear()
    },
    async getAccessToken({ rejected } = {}) {
      return (await keeper.session(rejected)).accessToken
    },
    fetch: signedFetch,
    api: ky.create({
      prefixUrl: apiUrl,
      fetch: signedFetch,
      // Room for a renewal on the way.
      timeout: 30_000,
      retry: { shouldRetry: ({ error }) => (error instanceof RoambiAuthError ? false : undefined) },
    }),
    get session() {
      return state.session
    },
    subscribe: state.subscribe,
  }
}
