import { RoambiAuthError } from '../../src/errors.ts'
import type { Scene } from './scene.ts'
import type { Call, Witness } from './witness.ts'

/** A turn, and what is done in it; in ms. */
const limit = 50_000
/** What a store that does not answer adds; in ms. */
const limitOfStore = 30_000

/**
 * Each call is answered, well and in time:
 *
 * - It settles within 50 s of its page being awake; 30 s more when the store fails.
 * - The token is not the one that was rejected, not over, and of the user that the tab knows.
 * - An error is of the documented kind, and true.
 * - When all is well again, a call gives a token that the API takes.
 */
export function lawOfCalls({ world, browser, store, upstream }: Scene): Partial<Witness> {
  const pending = new Set<Call>()
  let isPeace = false

  function settle(call: Call): void {
    pending.delete(call)
    const took = call.tab.page.awakeTime - call.awakeTime
    if (took > limit + (store.troubledSince(call.at) ? limitOfStore : 0)) {
      world.violate(`${call.tab.page.name} is answered after ${Math.round(took / 1000)} s`)
    }
  }

  return {
    onCall: (call) => void pending.add(call),
    onSession(call, session) {
      settle(call)
      const { page, state } = call.tab
      const { accessToken } = session
      const known = state.known?.session
      const user = upstream.signInOf(accessToken).user
      if (accessToken === call.rejected) world.violate(`${page.name} gets the rejected token`)
      if (
        session.expiresAt <= page.clock.now() &&
        !browser.jumpedSince(call.at - 50_000) &&
        page.frozenUntil < call.at
      )
        world.violate(`${page.name} gets a token that is over`)
      if (!known || upstream.signInOf(known.accessToken).user !== user) {
        world.violate(`${page.name} gets a token of ${user}, who is not signed in there`)
      }
      const isSecond = call.rejected !== undefined
      if (isPeace && isSecond && !upstream.takes(accessToken)) {
        world.violate(`${page.name} gets a token that the API does not take`)
      }
    },
    onRefusal(call, error) {
      settle(call)
      const { page, state } = call.tab
      const isFinal = error.code === 'signed_out' || error.code === 'session_expired'
      if (!(error instanceof RoambiAuthError) || !(isFinal || error.retryable)) {
        world.violate(`${page.name} gets a strange error: ${error}`)
      }
      if (error.code === 'session_expired' && state.known?.session) {
        world.violate(`${page.name} is told that its session has ended, and still has one`)
      }
      // A clock that was set back brings a pause back that was over.
      const isPause = browser.jumpedSince(call.at - 200_000)
      if (isPeace && !isFinal && !isPause)
        world.violate(`${page.name} gets no session although all is well`)
    },
    onPeace() {
      for (const { tab } of pending) {
        if (tab.page.isAlive) world.violate(`${tab.page.name} is never answered`)
      }
      isPeace = true
    },
  }
}
