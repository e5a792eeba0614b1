import { createPage, type Page } from './page.ts'
import type { World } from './world.ts'

/** What all pages of the browser share. */
export interface Browser {
  readonly world: World
  readonly pages: readonly Page[]
  readonly isOnline: boolean
  /** What the wall clock shows in excess of true time, in ms. */
  readonly clockOffset: number
  open(): Page
  goOffline(): void
  setClock(offset: number): void
  /** All that are neither dead nor frozen. */
  awake(): Page[]
  /** When the network came back, a page came or died, or the clock jumped; in ms of true time. */
  readonly upsets: number[]
  goOnline(): void
  /** Whether the wall clock has jumped since then, in ms of true time. */
  jumpedSince(at: number): boolean
  /** Whether a page has been frozen since then, in ms of true time. */
  frozenSince(at: number): boolean
}

export function createBrowser(world: World): Browser {
  const pages: Page[] = []
  const upsets: number[] = []
  let isOnline = true
  let clockOffset = 0
  let jumpedAt = Number.NEGATIVE_INFINITY
  const browser: Browser = {
    world,
    pages,
    upsets,
    get isOnline() {
      return isOnline
    },
    get clockOffset() {
      return clockOffset
    },
    open() {
      const page = createPage(browser, `tab ${pages.length + 1}`)
      pages.push(page)
      upsets.push(world.now)
      page.onDeath(() => upsets.push(world.now))
      return page
    },
    goOffline() {
      world.tell(() => 'the browser is offline')
      isOnline = false
    },
    goOnline() {
      world.tell(() => 'the browser is online')
      isOnline = true
      upsets.push(world.now)
      for (const page of pages) page.guard(() => page.fire('online'))()
    },
    setClock(offset) {
      clockOffset = offset
      jumpedAt = world.now
      upsets.push(world.now)
    },
    awake: () => pages.filter(({ isAlive, isFrozen }) => isAlive && !isFrozen),
    jumpedSince: (at) => jumpedAt >= at,
    frozenSince: (at) => pages.some(({ frozenUntil }) => frozenUntil >= at),
  }
  return browser
}
