import type { Session } from '@roambi-auth/browser'
import { loadPortals, loadUser, type User } from './directory.ts'
import { element } from './element.ts'
import { createPortalList } from './portal-list.ts'
import { createProfile } from './profile.ts'
import type { Report } from './report.ts'

/** What Roambi's API tells about the user, asked for anew after each sign-in. */
export interface Dashboard {
  show(session: Session | null): void
  /** Resolves with whether the API has answered. */
  load(): Promise<boolean>
  /** Loads what could not be loaded before. */
  resume(): void
}

export function createDashboard(report: Report): Dashboard {
  const screen = element('dashboard', HTMLElement)
  const profile = createProfile()
  const portalList = createPortalList()
  let signedInAt: number | undefined
  let user: User | undefined
  let hasFailed = false
  let visit = new AbortController()

  async function load(): Promise<boolean> {
    const { signal } = visit
    screen.ariaBusy = 'true'
    hasFailed = false
    try {
      user ??= await told('your profile', loadUser(signal))
      profile.show(user)
      portalList.show(await told('your portals', loadPortals(user, signal)))
    } catch (error) {
      if (signal.aborted) return false
      hasFailed = true
      portalList.fail()
      report.fail(error)
    }
    if (!signal.aborted) screen.ariaBusy = 'false'
    return !hasFailed
  }

  async function told<T>(what: string, call: Promise<T>): Promise<T> {
    const answer = await call
    report.tell('success', `The API answered with ${what}.`)
    return answer
  }

  function clear(): void {
    visit.abort()
    visit = new AbortController()
    user = undefined
    hasFailed = false
    profile.show(undefined)
    portalList.clear()
  }

  return {
    load,
    resume() {
      if (hasFailed) void load()
    },
    show(session) {
      if (session?.signedInAt === signedInAt) return
      signedInAt = session?.signedInAt
      clear()
      if (session) void load()
    },
  }
}
