import type { Page } from './page.ts'
import type { Scene } from './scene.ts'
import type { SignIn } from './upstream.ts'
import type { Witness } from './witness.ts'

/**
 * Who signs out has the session revoked:
 *
 * - The page that puts a tombstone in the place of a session revokes it, if it lives on.
 * - No session is revoked before it is gone from the store, or twice, as long as the store works.
 */
export function lawOfRevocations({ world, store, upstream }: Scene): Partial<Witness> {
  const due = new Map<SignIn, Page>()
  const revoked = new Set<SignIn>()
  let stored: SignIn | undefined
  const hasWorked = () => !store.troubledSince(0)

  return {
    onWrite({ session, end }, page) {
      if (stored && end === 'signed-out') due.set(stored, page)
      stored = session ? upstream.signInOf(session.accessToken) : undefined
    },
    onRevocation({ page }, { accessToken }) {
      const signIn = upstream.signInOf(accessToken)
      const isTwice = revoked.has(signIn)
      revoked.add(signIn)
      if (!hasWorked() || (!isTwice && signIn !== stored)) return
      const how = isTwice ? 'again' : 'while it is in the store'
      world.violate(`${page.name} revokes the session of ${signIn.user} ${how}`)
    },
    onPeace() {
      for (const [signIn, page] of due) {
        if (!page.isAlive || revoked.has(signIn) || !hasWorked()) continue
        world.violate(`${page.name} has not revoked the session of ${signIn.user}`)
      }
    },
  }
}
