import type { StoredSession } from '../../src/session.ts'
import type { SessionRecord } from '../../src/session-record.ts'
import type { Ledger } from './ledger.ts'
import type { Page } from './page.ts'
import { answerWindow, type Grant } from './proxy.ts'
import type { Scene } from './scene.ts'
import type { Tab } from './tab.ts'
import type { SignIn } from './upstream.ts'
import type { Witness } from './witness.ts'

/** A page that was asked for a session so long before the window's end has the time to repeat. */
const timeToRepeat = 20_000

/**
 * No session is lost while its refresh token is good:
 *
 * - It never ends while the upstream still takes the refresh token that the tab has.
 * - Where a rotation has killed that token, the answer with its successor was lost, and nobody could
 *   ask for it again in the proxy's window. Who could: a page that was awake and visible until the
 *   window's end, and was asked for a session in it.
 * - When all is well again, all tabs know what is in the store, and that is the last sign-in, unless
 *   somebody has signed out since, or the session has come to its true end.
 *
 * Not the keeper's fault are losses after the store has failed or the clock has jumped, and those
 * that came about while a frozen page had the turn.
 */
export function lawOfSessions(scene: Scene, ledger: Ledger): Partial<Witness> {
  const { world, browser, store, proxy, upstream, tabs } = scene
  const knownBefore = new Map<Tab, SessionRecord>()
  const unlucky = new Set<SignIn>()
  const expired = new Set<SignIn>()

  function closeWindow(grant: Grant): void {
    if (ledger.landedAt.has(grant.refreshToken)) return
    const from = grant.from as string
    const isWanted = store.record.session?.refreshToken === from
    const isRepeated = ledger.sendings.some(
      ({ refreshToken, at }) => refreshToken === from && at > grant.at,
    )
    const page = isWanted && !isRepeated && !isExcused(grant.at - 30_000) && whoCould(grant)
    if (page) world.violate(`nobody repeats ${from}, although ${page.name} could`)
    unlucky.add(grant.signIn)
  }

  function isExcused(at: number): boolean {
    return store.troubledSince(at) || browser.jumpedSince(at) || browser.frozenSince(at)
  }

  function whoCould({ at }: Grant): Page | undefined {
    const inTime = ledger.calls.find(({ tab: { page }, ...call }) => {
      const isInWindow = call.at > at && call.at < at + answerWindow - timeToRepeat
      return isInWindow && page.isAlive && page.isVisible && page.visibleSince <= call.at
    })
    return inTime?.tab.page
  }

  function end(tab: Tab, session: StoredSession): void {
    const { refreshToken, accessToken } = session
    const signIn = upstream.signInOf(accessToken)
    const span = ledger.signIns.get(signIn)
    expired.add(signIn)
    if (!refreshToken || !span) return
    if (proxy.isAlive(refreshToken)) {
      world.violate(`${tab.page.name} ends the session although ${refreshToken} is good`)
    } else if (!signIn.isDead && !unlucky.has(signIn) && !store.troubledSince(span.begin)) {
      world.violate(`${tab.page.name} ends a session that was not over`)
    }
  }

  /** Those after the last logout; none when it is not known what came last, or what came of it. */
  function lastSignIns(): SignIn[] {
    const silence = Math.max(0, ...[...ledger.logouts.values()].map((logout) => logout.end))
    const spans = [...ledger.signIns]
    const isClear = spans.every(([, { begin, end }]) => begin > silence || end < silence)
    const last = spans.filter(([, { begin }]) => begin > silence)
    const isKept = last.some(([, span]) => span.end <= world.now)
    return isClear && isKept ? last.map(([signIn]) => signIn) : []
  }

  return {
    onGrant: (grant) => void world.after(answerWindow, () => closeWindow(grant)),
    onChange(tab, { elsewhere }) {
      const before = knownBefore.get(tab)?.session
      const { known } = tab.state
      if (known) knownBefore.set(tab, known)
      if (!before || elsewhere) return
      const isSameUser = known?.session?.signedInAt === before.signedInAt
      const isRefused = isSameUser && !known?.session?.refreshToken
      if (isRefused || known?.end === 'expired') end(tab, before)
    },
    onPeace() {
      const { epoch, version, session } = store.record
      const isOnItsWay = world.now - ledger.newsAt < 1000
      for (const { page, state } of tabs) {
        if (!page.isAlive || isOnItsWay) continue
        const { known } = state
        if (known?.epoch !== epoch || known.version !== version || !known.session !== !session) {
          world.violate(`${page.name} does not know what is in the store`)
        }
      }
      const candidates = lastSignIns()
      if (candidates.length === 0 || candidates.some((each) => expired.has(each))) return
      if (candidates.some((each) => store.troubledSince(ledger.signIns.get(each)?.begin ?? 0)))
        return
      const present = session && upstream.signInOf(session.accessToken)
      if (!present || !candidates.includes(present)) {
        world.violate('the last sign-in is forgotten')
      }
    },
  }
}
