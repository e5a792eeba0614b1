import type { Session } from '@roambi-auth/browser'
import { loadPortals, loadUser, type User } from './directory.ts'
import { element } from './element.ts'
import { createPortalList } from './portal-list.ts'
import { createProfile } from './profile.ts'
import type { Report } from './report.ts'

/** What Roambi's API tells about the user, asked for anew after each sign-in. */
export interface Dashboard {
  show(session: Session | null): void
  load(): Promise<void>
}

export function createDashboard(report: Report): Dashboard {
  const screen = element('dashboard', HTMLElement)
  const profile = createProfile()
  const portalList = createPortalList()
  let signedInAt: number | undefined
  let user: User | undefined
  let visit = new AbortController()

  async function load(): Promise<void> {
    const { signal } = visit
    screen.ariaBusy = 'true'
    try {
      user ??= await timed('your profile', loadUser(signal))
      profile.show(user)
      portalList.show(await timed('your portals', loadPortals(user, signal)))
    } catch (error) {
      if (!signal.aborted) report.fail(error)
    }
    if (!signal.aborted) screen.ariaBusy = 'false'
  }

  async function timed<T>(what: string, call: Promise<T>): Promise<T> {
    const start = performance.now()
    const answer = await call
    const duration = Math.round(performance.now() - start)
    report.tell('success', `The API answered with ${what} in ${duration} ms.`)
    return answer
  }

  function clear(): void {
    visit.abort()
    visit = new AbortController()
    user = undefined
    profile.show(undefined)
    portalList.clear()
  }

  return {
    load,
    show(session) {
      if (session?.signedInAt === signedInAt) return
      signedInAt = session?.signedInAt
      clear()
      if (session) load()
    },
  }
}
