import type { Clock } from '../../src/clock.ts'
import type { Browser } from './browser.ts'

/** A page: what happens to it waits while it is frozen, and never happens once it is dead. */
export interface Page {
  readonly name: string
  readonly clock: Clock
  readonly isAlive: boolean
  readonly isFrozen: boolean
  /** In ms of true time: infinity while it is frozen. */
  readonly frozenUntil: number
  readonly isVisible: boolean
  /** Since when it has been awake, in ms of true time. */
  readonly awakeSince: number
  /** Since when it has been visible, in ms of true time. */
  readonly visibleSince: number
  /** How long it has been awake in all, in ms. */
  readonly awakeTime: number
  readonly listeners: Map<string, Set<(event: Event) => void>>
  readonly channels: Set<Channel>
  /** `task`, as something that comes to the page from outside. */
  guard<Args extends unknown[]>(task: (...args: Args) => void): (...args: Args) => void
  fire(type: string): void
  hide(): void
  show(): void
  freeze(): void
  thaw(): void
  die(): void
  onDeath(task: () => void): void
}

export interface Channel {
  readonly name: string
  hear(data: unknown): void
}

/** Whose code is running: what the stubbed globals belong to. */
export const running: { page: Page | undefined } = { page: undefined }

const start = Date.UTC(2026, 0, 1)

export function createPage(browser: Browser, name: string): Page {
  const { world } = browser
  let isAlive = true
  let frozenUntil = Number.NEGATIVE_INFINITY
  let isVisible = true
  let awakeSince = world.now
  let visibleSince = world.now
  let awakeBefore = 0
  let late: (() => void)[] = []
  const funerals: (() => void)[] = []
  const isFrozen = () => frozenUntil > world.now
  const awakeTime = () => awakeBefore + (isAlive && !isFrozen() ? world.now - awakeSince : 0)

  const page: Page = {
    name,
    clock: {
      now: () => Math.floor(start + world.now + browser.clockOffset),
      after: (delay, task) => world.after(delay, page.guard(task)),
    },
    get isAlive() {
      return isAlive
    },
    get isFrozen() {
      return isFrozen()
    },
    get frozenUntil() {
      return frozenUntil
    },
    get isVisible() {
      return isVisible
    },
    get awakeSince() {
      return awakeSince
    },
    get visibleSince() {
      return visibleSince
    },
    get awakeTime() {
      return awakeTime()
    },
    listeners: new Map(),
    channels: new Set(),
    guard(task) {
      return function run(...args) {
        if (!isAlive) return
        if (isFrozen()) {
          late.push(() => run(...args))
          return
        }
        running.page = page
        task(...args)
      }
    },
    fire(type) {
      for (const listener of page.listeners.get(type) ?? []) {
        page.guard(listener)({ type } as Event)
      }
    },
    hide() {
      world.tell(() => `${name} is hidden`)
      isVisible = false
    },
    show() {
      world.tell(() => `${name} is looked at`)
      isVisible = true
      visibleSince = world.now
      page.fire('visibilitychange')
    },
    freeze() {
      awakeBefore = awakeTime()
      frozenUntil = Number.POSITIVE_INFINITY
      isVisible = false
    },
    thaw() {
      frozenUntil = world.now
      awakeSince = world.now
      // It is told that it is awake before, amid or after all that it has missed.
      const missed = late
      late = []
      missed.splice(Math.floor(world.chance.between(0, missed.length + 1)), 0, page.show)
      for (const task of missed) world.after(0, page.guard(task))
    },
    die() {
      awakeBefore = awakeTime()
      isAlive = false
      frozenUntil = Math.min(frozenUntil, world.now)
      for (const funeral of funerals) funeral()
    },
    onDeath: (task) => void funerals.push(task),
  }
  return page
}
