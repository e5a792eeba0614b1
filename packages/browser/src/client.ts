import type { KyInstance } from 'ky'
import { createApi } from './api.ts'
import { createBackground } from './background.ts'
import { createCallbackInbox } from './callback-inbox.ts'
import { systemClock } from './clock.ts'
import { RoambiAuthError } from './errors.ts'
import { createDatabase } from './indexed-db.ts'
import { createLeaseTurn } from './lease-turn.ts'
import { createLogin } from './login.ts'
import type { LoginOptions } from './login-options.ts'
import { checkOptions, type RoambiOptions } from './options.ts'
import { createPendingLogins } from './pending-logins.ts'
import type { Session } from './session.ts'
import { createSessionKeeper } from './session-keeper.ts'
import { createSessionStart } from './session-start.ts'
import { createSessionState } from './session-state.ts'
import { createIndexedDbStore } from './session-store.ts'
import { createSignedFetch } from './signed-fetch.ts'
import { createSnapshots, firstSnapshot, type Snapshot } from './snapshot.ts'
import { createTokenEndpoint } from './token-endpoint.ts'
import { createLockTurn } from './turn.ts'
import { unlessAborted } from './unless-aborted.ts'

/** Signs a user in to Roambi Business and calls its API. */
export interface Roambi {
  /**
   * Opens Roambi's sign-in in a popup and resolves with the session. To be called in a click, before
   * any `await`, or the browser blocks the window. While the window is open, a second call brings it
   * to the front and shares its end; its own options are not looked at, but for `force`.
   *
   * @example
   * ```ts
   * button.onclick = async () => {
   *   const session = await roambi.login()
   *   console.log(`Signed in at ${new Date(session.signedInAt)}`)
   * }
   * ```
   *
   * @throws {@link RoambiAuthError} `popup_blocked`, `popup_closed`, `access_denied`,
   * `login_aborted`, `login_superseded`, `login_timeout`, `login_failed`, `invalid_callback`,
   * `invalid_grant`, `invalid_client`, `invalid_request`, `network_error`, `server_error`,
   * `temporarily_unavailable`, `invalid_token_answer`, `storage_failed` (a redirect),
   * `insecure_page`, `invalid_option`, `invalid_dpop_proof`, `use_dpop_nonce`, `disposed`
   */
  login(options?: LoginOptions): Promise<Session>
  /** Gives up the sign-in that is under way, and closes its window: it ends with `login_aborted`. */
  cancelLogin(): void
  /**
   * Forgets the session, in this tab first, then in the store and in all other tabs. Its key goes
   * with it, so that the refresh token is worth nothing, wherever it may be. A sign-in that is under
   * way is given up.
   *
   * Then the proxy is asked to revoke the refresh token (RFC 7009), once for all tabs, also from a
   * page that is being left. That is not waited for, and nothing tells how it went. Where it is
   * lost, as when there is no network, or where the proxy has no such endpoint, no harm is done:
   * nobody can use the token without the key.
   *
   * @example
   * ```ts
   * await roambi.logout()
   * location.assign('/goodbye')
   * ```
   *
   * @throws {@link RoambiAuthError} `storage_failed`: this tab has forgotten it, the store has not;
   * `disposed`
   */
  logout(): Promise<void>
  /**
   * A usable access token, renewed when it is about to end. Pass the token that an API has
   * `rejected` to get another one. `signal` leaves, with its reason; the renewal goes on for others.
   *
   * @example
   * ```ts
   * const accessToken = await roambi.getAccessToken()
   * // … and when the API has refused it:
   * const another = await roambi.getAccessToken({ rejected: accessToken })
   * ```
   *
   * @throws {@link RoambiAuthError} `signed_out`, `session_expired`, `temporarily_unavailable`,
   * `network_error`, `server_error`, `invalid_token_answer`, `invalid_dpop_proof`,
   * `use_dpop_nonce`, `disposed`
   */
  getAccessToken(options?: {
    rejected?: string | undefined
    signal?: AbortSignal | undefined
  }): Promise<string>
  /**
   * `fetch` with the access token, for `apiUrl`'s origin alone; it replaces an `Authorization` of
   * yours there. A relative URL is the page's, as with `fetch`. After a 401, once more with another
   * token; after 503, the rate limit, and where nothing can be done twice 502 and 504, up to three
   * times more: 1, 2 and 3 s later, or as `Retry-After` says, 30 s at most. A `ReadableStream` given as
   * `init.body` is sent once.
   *
   * @example
   * ```ts
   * const answer = await roambi.fetch('https://auth.example.com/1/user/resources')
   * if (answer.ok) console.log(await answer.json())
   * ```
   *
   * @throws {@link RoambiAuthError} as {@link Roambi.getAccessToken}; what `fetch` throws
   */
  fetch: typeof fetch
  /**
   * A ky instance over {@link Roambi.fetch}, based at `apiUrl`. A call takes 120 s at most, with all
   * its waits.
   *
   * @example
   * ```ts
   * const { resources } = await roambi.api
   *   .get('user/resources')
   *   .json<{ resources: { name: string } }>()
   * ```
   *
   * @throws {@link RoambiAuthError} as {@link Roambi.getAccessToken}; ky's `HTTPError` for a status
   * beyond 2xx, and its `TimeoutError`
   */
  api: KyInstance
  /**
   * What an app may know now. The same object until something changes, as React's
   * `useSyncExternalStore` wants it.
   *
   * @example
   * ```tsx
   * import { useSyncExternalStore } from 'react'
   *
   * const { status } = useSyncExternalStore(
   *   roambi.subscribe,
   *   roambi.getSnapshot,
   *   roambi.getServerSnapshot,
   * )
   * ```
   */
  getSnapshot(): Snapshot
  /** What a server renders, and a browser first: `loading`. */
  getServerSnapshot(): Snapshot
  /**
   * Calls `listener` at once and after each change, also those of other tabs, as Svelte's stores do.
   * Returns what ends it.
   *
   * @example
   * ```ts
   * roambi.subscribe(({ status }) => {
   *   document.title = status === 'signed-in' ? 'Signed in' : 'Signed out'
   * })
   * ```
   */
  subscribe(listener: (snapshot: Snapshot) => void): () => void
  /**
   * Lets go of every listener, timer, channel and database connection, and gives up a sign-in under
   * way with `login_aborted`. The session stays. What asks for it after that fails with `disposed`.
   */
  dispose(): void
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
  const { name, apiUrl } = settings
  const { fetch = (...request) => globalThis.fetch(...request) } = options
  const over = new AbortController()
  const life = over.signal
  const closed = new AbortController()
  const clock = systemClock
  const random = Math.random

  const database = createDatabase({ life: closed.signal, clock })
  const store = options.store ?? createIndexedDbStore(name, database)
  const snapshots = createSnapshots(() => state, life)
  const tokenEndpoint = createTokenEndpoint({ ...settings, fetch, clock })
  const state = createSessionState({
    name,
    store,
    clock,
    life,
    onChange(change) {
      snapshots.onSession(change)
      background.rearm()
    },
    onEnded: tokenEndpoint.revoke,
    onRenewalElsewhere: () => keeper.renewIfDue(),
  })

  const locks = globalThis.navigator?.locks
  const turn = locks ? createLockTurn(name, locks, clock) : createLeaseTurn(state, clock)
  const keeper = createSessionKeeper({
    state,
    tokenEndpoint,
    turn,
    clock,
    random,
    onTried: () => background.rearm(),
  })

  const login = createLogin({
    ...settings,
    ...createSessionStart({ state, snapshots, tokenEndpoint, clock }),
    pending: createPendingLogins(createIndexedDbStore(`${name} logins`, database), clock),
    inbox: createCallbackInbox({ life, clock }),
    clock,
    life,
    onProgress: snapshots.onLogin,
  })
  const background = createBackground({
    state,
    keeper,
    resumeLogin: login.resume,
    clock,
    life,
    random,
  })

  async function session(rejected?: string) {
    life.throwIfAborted()
    background.start()
    return keeper.session(rejected)
  }

  const { origin } = new URL(apiUrl)
  const signedFetch = createSignedFetch({ origin, keeper: { session }, fetch, clock })
  return {
    login(loginOptions) {
      background.start()
      return login.login(loginOptions)
    },
    cancelLogin: login.cancel,
    async logout() {
      life.throwIfAborted()
      background.start()
      login.cancel()
      await state.wipe()
    },
    async getAccessToken({ rejected, signal } = {}) {
      return (await unlessAborted(signal, () => session(rejected))).accessToken
    },
    fetch: signedFetch,
    api: createApi({ apiUrl, fetch: signedFetch }),
    getSnapshot: snapshots.getSnapshot,
    getServerSnapshot: () => firstSnapshot,
    subscribe(listener) {
      background.start()
      return snapshots.subscribe(listener)
    },
    dispose() {
      const reason = new RoambiAuthError('disposed', 'This client has been disposed of.')
      over.abort(reason)
      // What a renewal under way brings is kept: the old refresh token may be dead.
      keeper.settled().then(() => closed.abort(reason))
    },
  }
}
