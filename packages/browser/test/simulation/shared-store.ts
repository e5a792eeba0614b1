import { readRecord, type SessionRecord } from '../../src/session-record.ts'
import type { SessionStore } from '../../src/session-store.ts'
import type { Browser } from './browser.ts'
import type { Page } from './page.ts'

/** `full`: nothing can be written, only removed. `late`: done after many seconds. */
export type StoreMood = 'fine' | 'full' | 'closed' | 'hanging' | 'late'

/** How long pages may go on without a store that is fine again: a late access, and its rest; in ms. */
const aftermath = 25_000

/** The one record that all pages of the browser share. */
export interface SharedStore {
  /** As it is in the store at this moment. */
  readonly record: SessionRecord
  /** Whether it has been out of order, or has lost its record, since then; in ms of true time. */
  troubledSince(at: number): boolean
  /** Whether the record is gone, or was, with all that it said; in ms of true time. */
  lostSince(at: number): boolean
  of(page: Page): SessionStore
  /** Of one page, or of all. */
  turn(mood: StoreMood, page?: Page): void
  /** The browser throws the record away. */
  evict(): void
}

export function createSharedStore(
  { world }: Browser,
  onWrite: (record: SessionRecord, page: Page) => void,
): SharedStore {
  const { chance } = world
  const moods = new Map<Page | undefined, StoreMood>()
  let stored: unknown
  let lostAt = Number.NEGATIVE_INFINITY
  let troubledAt = Number.NEGATIVE_INFINITY

  const isTroubled = () => [...moods.values()].some((mood) => mood !== 'fine')
  const moodOf = (page: Page) =>
    [moods.get(undefined), moods.get(page)].find((mood) => mood && mood !== 'fine') ?? 'fine'

  /** A transaction: it happens at one moment, some time before the page hears of it. */
  function transact<T>(page: Page, kind: keyof SessionStore, act: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const mood = moodOf(page)
      const isRefused = mood === 'closed' || (mood === 'full' && kind === 'update')
      if (mood !== 'fine') world.tell(() => `${page.name}'s ${kind} meets a store that is ${mood}`)
      if (mood === 'hanging' && chance.is(0.5)) return
      const delay = mood === 'late' ? chance.between(1000, 12_000) : chance.between(0, 20)
      const happen = page.guard(() => {
        const reply = chance.between(0, 10)
        if (mood !== 'fine') troubledAt = world.now
        if (isRefused)
          return void world.after(
            reply,
            page.guard(() => reject(failure())),
          )
        const result = act()
        if (mood !== 'hanging')
          world.after(
            reply,
            page.guard(() => resolve(result)),
          )
      })
      world.after(delay, happen)
    })
  }

  function write(page: Page, change: (record: unknown) => unknown): void {
    // A transaction that has to be repeated.
    if (chance.is(0.05)) change(stored)
    stored = change(stored)
    const { epoch, version, session, ...notes } = readRecord(stored)
    world.tell(() => {
      const content = JSON.stringify({ ...notes, token: session?.refreshToken })
      return `${page.name} writes ${epoch % 1e7}.${version} ${content}`
    })
    onWrite(readRecord(stored), page)
  }

  return {
    get record() {
      return readRecord(stored)
    },
    troubledSince: (at) => isTroubled() || troubledAt + aftermath >= at,
    lostSince: (at) => lostAt >= at,
    of: (page) => ({
      read: () => transact(page, 'read', () => stored),
      update: (change) => transact(page, 'update', () => write(page, change)),
      remove: () =>
        transact(page, 'remove', () => {
          stored = undefined
          // A store that is fine would have kept something in its place.
          if (isTroubled()) lostAt = world.now
          world.tell(() => `${page.name} removes the record`)
        }),
    }),
    turn(mood, page) {
      world.tell(() => `the store of ${page?.name ?? 'all'} is ${mood}`)
      if (isTroubled()) troubledAt = world.now
      moods.set(page, mood)
    },
    evict() {
      world.tell(() => 'the browser throws the record away')
      stored = undefined
      lostAt = world.now
      troubledAt = world.now
    },
  }
}

function failure(): Error {
  return new DOMException('The store is out of order.', 'UnknownError')
}
