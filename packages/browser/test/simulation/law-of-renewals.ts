import type { Ledger } from './ledger.ts'
import type { Sending } from './network.ts'
import type { Scene } from './scene.ts'
import type { Witness } from './witness.ts'

/** How often the same refresh token may be sent in a minute, while the tries fail. */
const crowd = 14

/**
 * The proxy is not asked twice for what can be had once:
 *
 * - Two tabs never ask at the same time.
 * - A refresh token is not sent any more once its successor is in the store.
 * - The upstream renews once for each expiry. It does so again only when the first answer has
 *   reached no page that lives, or for the request of a dead page that was slower than that answer.
 * - Nobody asks before the time that the proxy has named.
 * - No refresh token is sent more than 14 times in a minute.
 * - A tab waits for one turn at a time.
 *
 * Turns by lease are weaker: a tab that was frozen may go on beside the next one, and so may any
 * tab when the clock jumps or the store fails.
 */
export function lawOfRenewals(scene: Scene, ledger: Ledger): Partial<Witness> {
  const { world, browser, store, locks, setting } = scene
  const { sendings, landedAt, grants } = ledger

  function isTurnWeakSince(at: number): boolean {
    if (setting.turns === 'locks') return false
    return browser.frozenSince(at) || browser.jumpedSince(at) || store.troubledSince(at)
  }

  function alone(sending: Sending): void {
    const { page, refreshToken } = sending
    const other = sendings.find((each) => each.refreshToken === refreshToken && isOpen(each))
    if (!other || other === sending || isTurnWeakSince(other.at - 30_000)) return
    world.violate(`${page.name} sends ${refreshToken}, and ${other.page.name} has no answer yet`)
  }

  function isOpen({ page, endedAt }: Sending): boolean {
    return page.isAlive && endedAt === undefined
  }

  function notSuperseded({ page, refreshToken }: Sending): void {
    const since = successorsOf(refreshToken)
      .map((grant) => landedAt.get(grant.refreshToken))
      .find((at) => at !== undefined)
    if (since === undefined || store.troubledSince(since) || isTurnWeakSince(since - 60_000)) return
    world.violate(`${page.name} sends ${refreshToken}, whose successor is in the store`)
  }

  const successorsOf = (token: string) => grants.filter(({ from }) => from === token)

  function patient(sending: Sending): void {
    const { page, refreshToken, at } = sending
    for (const { answer, endedAt, ...earlier } of sendings) {
      if (earlier.refreshToken !== refreshToken || !answer?.retryAfter || !endedAt) continue
      const isKnown = earlier.page.isAlive && earlier.page.frozenUntil < endedAt
      const isOver =
        page.frozenUntil >= endedAt || at >= endedAt + Math.min(answer.retryAfter, 600_000)
      const isUpset = browser.upsets.some((upset) => upset >= endedAt)
      if (!isKnown || isOver || isUpset || store.troubledSince(endedAt)) continue
      if (isTurnWeakSince(earlier.at - 30_000)) continue
      world.violate(`${page.name} sends ${refreshToken} before the time that the proxy has named`)
    }
  }

  function fewInAMinute({ refreshToken, at }: Sending): void {
    const isRecent = (time: number) => time > at - 60_000
    const same = sendings.filter((each) => each.refreshToken === refreshToken && isRecent(each.at))
    const upsets = browser.upsets.filter(isRecent)
    if (same.length <= crowd + upsets.length || store.troubledSince(at - 60_000)) return
    world.violate(`${refreshToken} is sent ${same.length} times in a minute`)
  }

  function oneTurn({ page }: Sending): void {
    if (locks.countOf(page) > 1) world.violate(`${page.name} waits for two turns at once`)
  }

  return {
    onSending(sending) {
      alone(sending)
      notSuperseded(sending)
      patient(sending)
      fewInAMinute(sending)
      oneTurn(sending)
    },
    onGrant(grant) {
      const token = grant.from as string
      const first = grants.find((each) => each.from === token && each !== grant)
      if (!first || store.troubledSince(first.at) || isTurnWeakSince(first.at - 30_000)) return
      const isLost = sendings.every(
        ({ refreshToken, page, answer }) =>
          refreshToken !== token || !page.isAlive || !answer?.text.includes('access_token'),
      )
      const isLate = sendings.some(
        ({ refreshToken, page, at }) => refreshToken === token && !page.isAlive && at > first.at,
      )
      if (isLost || isLate) return
      world.violate(`the upstream renews ${token} again, whose answer was not lost`)
    },
  }
}
