import type { Ledger, Span } from './ledger.ts'
import type { Scene } from './scene.ts'
import type { SignIn } from './upstream.ts'
import type { Witness } from './witness.ts'

const never: Span = { begin: Number.POSITIVE_INFINITY, end: Number.POSITIVE_INFINITY }

/** What a message takes, and a tab that has woken up to look; in ms. */
const delay = 1000

/**
 * Who has signed out stays signed out:
 *
 * - No page writes that session into the store again, unless the browser has thrown away what says
 *   that it is over.
 * - A second after a logout, no tab hands out a token of it, but for tabs that were frozen, and have
 *   woken up less than a second ago.
 */
export function lawOfLogouts(scene: Scene, ledger: Ledger): Partial<Witness> {
  const { world, store, browser, upstream } = scene
  const over = new Map<SignIn, Span>()

  return {
    onLoggedOut(deed) {
      const logout = ledger.logouts.get(deed)
      for (const [signIn, span] of ledger.signIns) {
        if (logout && span.end < logout.begin && !over.has(signIn)) over.set(signIn, logout)
      }
    },
    onWrite({ session }, page) {
      const signIn = session && upstream.signInOf(session.accessToken)
      const logout = signIn && over.get(signIn)
      if (!logout || store.lostSince(logout.begin)) return
      world.violate(`${page.name} brings ${signIn?.user} back, who has signed out`)
    },
    onSession({ tab, at }, { accessToken }) {
      const signIn = upstream.signInOf(accessToken)
      const { begin, end: since } = over.get(signIn) ?? never
      if (at < since + delay) return
      const { awakeSince, name, frozenUntil } = tab.page
      const isJustAwake = frozenUntil >= since && at < awakeSince + delay
      const isBlind = frozenUntil >= since && store.troubledSince(since)
      if (isJustAwake || isBlind || store.lostSince(begin) || browser.jumpedSince(since)) return
      world.violate(`${name} hands out a token of ${signIn.user}, who has signed out`)
    },
  }
}
