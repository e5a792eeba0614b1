import type { RoambiAuthError } from '../../src/errors.ts'
import type { StoredSession } from '../../src/session.ts'
import type { Scene } from './scene.ts'
import type { Tab } from './tab.ts'
import type { Call, Deed } from './witness.ts'

/** What users and apps do in a tab. */
export interface User {
  /** An app calls the API, once more when its token is not taken. */
  use(tab: Tab): void
  signIn(tab: Tab): void
  logout(tab: Tab): void
}

export function createUser({ world, witness, upstream, proxy }: Scene): User {
  async function ask(tab: Tab, rejected?: string): Promise<StoredSession | undefined> {
    const { name, awakeTime } = tab.page
    const call: Call = { tab, rejected, at: world.now, awakeTime }
    world.tell(() => `${name} asks for a session${rejected ? `, not ${rejected}` : ''}`)
    witness.onCall(call)
    try {
      const session = await tab.session(rejected)
      world.tell(() => `${name} is given ${session.accessToken}`)
      witness.onSession(call, session)
      return session
    } catch (error) {
      world.tell(() => `${name} is told: ${error}`)
      witness.onRefusal(call, error as RoambiAuthError)
    }
  }

  async function use(tab: Tab): Promise<void> {
    const session = await ask(tab)
    if (session && !upstream.takes(session.accessToken)) await ask(tab, session.accessToken)
  }

  async function signIn(tab: Tab): Promise<void> {
    const deed: Deed = { tab, at: world.now }
    const grant = proxy.signIn()
    world.tell(() => `${tab.page.name}: ${grant.signIn.user} signs in, ${grant.refreshToken}`)
    witness.onSignIn(deed, grant)
    await tab.keep(grant)
    witness.onSignedIn(deed, grant)
  }

  async function logout(tab: Tab): Promise<void> {
    const deed: Deed = { tab, at: world.now }
    world.tell(() => `${tab.page.name} signs out`)
    witness.onLogout(deed)
    try {
      await tab.logout()
      world.tell(() => `${tab.page.name} has signed out`)
      witness.onLoggedOut(deed)
    } catch (error) {
      world.tell(() => `${tab.page.name} could not sign out: ${error}`)
    }
  }

  const inPage = (deed: (tab: Tab) => void) => (tab: Tab) => tab.page.guard(deed)(tab)
  return { use: inPage(use), signIn: inPage(signIn), logout: inPage(logout) }
}
