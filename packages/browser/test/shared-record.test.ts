import { describe, expect, it, vi } from 'vitest'
import { RoambiAuthError } from '../src/errors.ts'
import { committed } from '../src/renewal-record.ts'
import { blankRecord, type SessionRecord, signedIn } from '../src/session-record.ts'
import type { SessionStore } from '../src/session-store.ts'
import { createSharedRecord } from '../src/shared-record.ts'
import { createHandClock } from './hand-clock.ts'
import { memoryStore } from './memory-store.ts'
import { wholeTurn } from './simulation/world.ts'
import { record, session, start } from './stored-session.ts'

const renewed = (before: SessionRecord) => committed(before, before, session)
const closed = () => Promise.reject(new DOMException('Closed.', 'InvalidStateError'))
const full = () => Promise.reject(new DOMException('Full.', 'QuotaExceededError'))
const hanging = () => new Promise<never>(() => {})

describe('what a tab knows of the record', () => {
  it('is nothing before it has read, and what is stored after that', async () => {
    const { shared, told } = createTab(memoryStore(record))
    expect(shared.known).toBeUndefined()
    expect(await shared.read()).toBe(record)
    expect(shared.known).toBe(record)
    expect(told).toEqual(['loaded'])
  })

  it('is blank where something else is stored', async () => {
    const { shared } = createTab(memoryStore({ version: 9, tokens: [] }))
    expect(await shared.read()).toBe(blankRecord)
  })

  it('is told once, and never grows older', async () => {
    const { shared, told } = createTab(memoryStore(record))
    await shared.change(renewed)
    await shared.read()
    shared.hear(record)
    expect(told).toEqual(['others: signed-in', 'signed-in'])
    expect(shared.known?.version).toBe(1)
  })

  it('is changed in one transaction over all tabs', async () => {
    const store = memoryStore(record)
    const tabs = [createTab(store), createTab(store)]
    await Promise.all(tabs.map(({ shared }) => shared.change(renewed)))
    expect((await store.read()) as SessionRecord).toMatchObject({ version: 2 })
  })

  it('comes back when the browser has thrown the stored one away, and is told of', async () => {
    const store = memoryStore(record)
    const { shared, told } = createTab(store)
    await shared.read()
    await store.remove()
    expect(await shared.read()).toBe(record)
    expect(await store.read()).toBe(record)
    expect(told).toEqual(['loaded', 'others: restored'])
  })
})

describe('a store that fails', () => {
  it('is replaced by memory, which is told, and left alone for ten seconds', async () => {
    const { store, faults } = unreliable(record)
    const { shared, clock, told } = createTab(store)
    await shared.read()
    faults.update = closed
    expect(await shared.change(renewed)).toMatchObject({ version: 1 })
    expect(shared.persistence).toBe('memory')
    expect(told).toEqual(['loaded', 'persistence', 'others: renewed', 'renewed'])
    const touch = vi.fn(closed)
    Object.assign(faults, { read: touch, update: touch })
    clock.advance(9999)
    expect(await shared.read()).toMatchObject({ version: 1 })
    expect(await shared.change(renewed)).toMatchObject({ version: 2 })
    expect(touch).not.toHaveBeenCalled()
  })

  it('is tried again without being asked, and gets what it has missed', async () => {
    const { store, faults } = unreliable(record)
    const { shared, clock, told } = createTab(store)
    await shared.read()
    faults.update = closed
    await shared.change(renewed)
    clock.advance(11_000)
    await wholeTurn()
    expect(await store.read()).toMatchObject({ version: 0 })
    faults.update = undefined
    clock.advance(11_000)
    await wholeTurn()
    expect(await store.read()).toMatchObject({ version: 1 })
    expect(shared.persistence).toBe('persistent')
    expect(told.slice(-2)).toEqual(['persistence', 'others: restored'])
  })

  it('is tried at once when the page has woken', async () => {
    const { store, faults } = unreliable(record)
    const { shared } = createTab(store)
    faults.read = closed
    expect((await shared.read()).session).toBeNull()
    faults.read = undefined
    expect((await shared.read()).session).toBeNull()
    shared.wake()
    expect((await shared.read()).session).not.toBeNull()
  })

  it('is not tried again by itself when there is none, nor when the life is over', async () => {
    const never = unreliable(record)
    never.faults.read = missing
    const blind = createTab(never.store)
    await blind.shared.read()
    expect(blind.clock.waiting).toBe(0)
    never.faults.read = closed
    const hopeful = createTab(never.store)
    await hopeful.shared.read()
    expect(hopeful.clock.waiting).toBe(1)

    const { store, faults } = unreliable(record)
    const disposed = createTab(store)
    await disposed.shared.read()
    faults.update = closed
    await disposed.shared.change(renewed)
    expect(disposed.clock.waiting).toBe(1)
    disposed.life.abort()
    expect(disposed.clock.waiting).toBe(0)
  })

  it('is not waited for longer than four seconds', async () => {
    const { store, faults } = unreliable(record)
    faults.read = hanging
    const { shared, clock } = createTab(store)
    const reading = shared.read()
    clock.advance(4000)
    expect(await reading).toBe(blankRecord)
    expect(shared.persistence).toBe('memory')
  })

  it('changes nothing any more when it comes too late', async () => {
    const { store, faults, release } = unreliable(record)
    const late = createTab(store)
    faults.update = 'late'
    const signingIn = late.shared.change((before) => signedIn(before, session, start + 1))
    late.clock.advance(4000)
    expect((await signingIn).epoch).toBe(start + 1)
    faults.update = undefined
    await createTab(store).shared.wipe()
    release()
    await wholeTurn()
    expect(await store.read()).toMatchObject({ session: null, end: 'signed-out' })
  })

  it('may fall silent after it has done its work, which counts', async () => {
    const { store, faults } = unreliable(record)
    const { shared, clock } = createTab(store)
    faults.update = 'silent'
    const change = shared.change(renewed)
    clock.advance(4000)
    expect(await change).toMatchObject({ version: 1 })
    expect(await store.read()).toMatchObject({ version: 1 })
  })
})

it('writes no more than once in ten seconds to a store that gives nothing back', async () => {
  const update = vi.fn(async (change: (record: unknown) => unknown) => void change(undefined))
  const { shared, clock } = createTab({ read: async () => undefined, update, async remove() {} })
  await shared.change((before) => signedIn(before, session, start))
  for (let round = 0; round < 10; round++) await shared.read()
  expect(update).toHaveBeenCalledTimes(2)
  clock.advance(10_000)
  await shared.read()
  expect(update).toHaveBeenCalledTimes(3)
})

describe('wiping', () => {
  it('forgets at once, and leaves a tombstone that no late answer passes', async () => {
    const store = memoryStore(record)
    const { shared } = createTab(store)
    await shared.read()
    const wiping = shared.wipe()
    expect(shared.known?.session).toBeNull()
    await wiping
    expect(await store.read()).toMatchObject({ session: null, end: 'signed-out' })
    await shared.change((before) => committed(before, record, session))
    expect(await store.read()).toMatchObject({ session: null })
  })

  it('ends what another tab has signed in to as well', async () => {
    const store = memoryStore(record)
    const { shared } = createTab(store)
    await shared.read()
    await createTab(store).shared.change((before) => signedIn(before, session, start + 9e9))
    await shared.wipe()
    expect(await store.read()).toMatchObject({ session: null })
    expect(shared.known).toBe(await store.read())
  })

  it('removes the record when there is no room for a tombstone', async () => {
    const { store, faults } = unreliable(record)
    const { shared } = createTab(store)
    await shared.read()
    faults.update = full
    await shared.wipe()
    expect(await store.read()).toBeUndefined()
    expect(shared.known?.session).toBeNull()
  })

  it('fails when the store has kept the session, and this tab has forgotten it all the same', async () => {
    const { store, faults } = unreliable(record)
    const { shared } = createTab(store)
    await shared.read()
    faults.update = closed
    faults.remove = closed
    await expect(shared.wipe()).rejects.toMatchObject({ code: 'storage_failed' })
    expect(shared.known?.session).toBeNull()
  })

  it('fails when the store has not worked yet, since it may have a session', async () => {
    const { store, faults } = unreliable(record)
    Object.assign(faults, { read: closed, update: closed, remove: closed })
    const { shared } = createTab(store)
    await shared.read()
    await expect(shared.wipe()).rejects.toMatchObject({ code: 'storage_failed' })
  })

  it('does not fail where there is no store, which has nothing', async () => {
    const { store, faults } = unreliable(undefined)
    Object.assign(faults, { read: missing, update: missing, remove: missing })
    const { shared } = createTab(store)
    await shared.change((before) => signedIn(before, session, start))
    await shared.wipe()
    expect(shared.known?.session).toBeNull()
  })
})

describe('the session that a wipe has ended', () => {
  const { refreshToken } = session
  const other = { ...session, refreshToken: 'c21b60' }

  it('is named when the store has forgotten it', async () => {
    const { store, faults, release } = unreliable(record)
    const { shared, ended } = createTab(store)
    faults.update = 'late'
    const wiping = shared.wipe()
    await wholeTurn()
    expect(ended).toEqual([])
    release()
    await wiping
    expect(ended).toEqual([refreshToken])
  })

  it('is named by one of the tabs that end it at once, and once by each', async () => {
    const store = memoryStore(record)
    const tabs = [createTab(store), createTab(store)]
    for (const { shared } of tabs) await shared.read()
    await Promise.all([...tabs, ...tabs].map(({ shared }) => shared.wipe()))
    expect(tabs.flatMap(({ ended }) => ended)).toEqual([refreshToken])
  })

  it('is named by who gets to the store first, also where that has only heard of the end', async () => {
    const { store, faults, release } = unreliable(record)
    const slow = createTab(store)
    const quick = createTab(store)
    for (const { shared } of [slow, quick]) await shared.read()
    faults.update = 'late'
    const wiping = slow.shared.wipe()
    faults.update = undefined
    quick.shared.hear(slow.shared.known as SessionRecord)
    await quick.shared.wipe()
    expect(quick.ended).toEqual([refreshToken])
    release()
    await wiping
    expect(slow.ended).toEqual([])
  })

  it('is named by the tab whose other change brings the tombstone into the store', async () => {
    const { store, faults, release } = unreliable(record)
    const [one, two] = [createTab(store), createTab(store)]
    for (const { shared } of [one, two]) await shared.read()
    faults.update = 'late'
    const wiping = one.shared.wipe()
    faults.update = undefined
    two.shared.hear(one.shared.known as SessionRecord)
    await two.shared.change((newest) => newest)
    release()
    await wiping
    expect([one.ended, two.ended]).toEqual([[], [refreshToken]])
  })

  it('is the one of another tab, where that has signed in since', async () => {
    const store = memoryStore(record)
    const { shared, ended } = createTab(store)
    await shared.read()
    await createTab(store).shared.change((before) => signedIn(before, other, start + 9e9))
    await shared.wipe()
    expect(ended).toEqual([other.refreshToken])
  })

  it('is also the one that only this tab has, where the store has missed it', async () => {
    const { store, faults } = unreliable(record)
    const { shared, ended, clock } = createTab(store)
    await shared.read()
    faults.update = closed
    await shared.change((before) => committed(before, before, other))
    faults.update = undefined
    clock.advance(10_000)
    await shared.wipe()
    expect(ended).toEqual([refreshToken, other.refreshToken])
  })

  it('is named when there was no room for a tombstone', async () => {
    const store = memoryStore(record)
    const update: SessionStore['update'] = async (change) => {
      change(await store.read())
      return full()
    }
    const { shared, ended } = createTab({ ...store, update })
    await shared.read()
    await shared.wipe()
    expect(ended).toEqual([refreshToken])
  })

  it('is named where the store has failed, which may still have it', async () => {
    const { store, faults } = unreliable(record)
    const { shared, ended } = createTab(store)
    await shared.read()
    Object.assign(faults, { update: closed, remove: closed })
    await expect(shared.wipe()).rejects.toMatchObject({ code: 'storage_failed' })
    expect(ended).toEqual([refreshToken])
  })

  it('is named where the store has seen the end, and has not kept it', async () => {
    const seeing: SessionStore['update'] = async (change) => {
      change(record)
      return closed()
    }
    const store = { ...memoryStore(record), update: seeing, remove: closed }
    const { shared, ended } = createTab(store)
    await shared.read()
    await expect(shared.wipe()).rejects.toMatchObject({ code: 'storage_failed' })
    expect(ended).toEqual([refreshToken])
  })

  it('is named at last by who could not see it at first', async () => {
    const { store, faults } = unreliable(record)
    const { shared, ended } = createTab(store)
    Object.assign(faults, { update: closed, remove: closed })
    await expect(shared.wipe()).rejects.toMatchObject({ code: 'storage_failed' })
    Object.assign(faults, { update: undefined, remove: undefined })
    shared.wake()
    await shared.wipe()
    expect(ended).toEqual([refreshToken])
  })

  it('is none where nobody is signed in', async () => {
    const { shared, ended } = createTab(memoryStore(undefined))
    await shared.wipe()
    expect(ended).toEqual([])
  })
})

const missing = async () => {
  throw new RoambiAuthError('storage_failed', 'There is none.')
}

function createTab(store: SessionStore) {
  const clock = createHandClock()
  const life = new AbortController()
  const told: string[] = []
  const ended: (string | undefined)[] = []
  const shared = createSharedRecord({
    store,
    clock,
    life: life.signal,
    onChange: ({ reason, elsewhere }) => told.push(elsewhere ? `${reason} elsewhere` : reason),
    tell: (reason) => told.push(`others: ${reason}`),
    onEnded: ({ refreshToken }) => ended.push(refreshToken),
  })
  return { shared, ended, clock, life, told }
}

type Fault = (() => Promise<never>) | 'late' | 'silent' | undefined

/** A store that fails as it is told to: `late` works when it is released, `silent` never answers. */
function unreliable(stored: unknown) {
  const working = memoryStore(stored)
  const faults: Partial<Record<keyof SessionStore, Fault>> = {}
  let release = () => {}

  async function through<T>(name: keyof SessionStore, work: () => Promise<T>): Promise<T> {
    const fault = faults[name]
    if (typeof fault === 'function') return fault()
    if (fault === 'late') {
      await new Promise<void>((resolve) => {
        release = resolve
      })
    }
    const result = await work()
    return fault === 'silent' ? hanging() : result
  }

  const store: SessionStore = {
    read: () => through('read', working.read),
    update: (change) => through('update', () => working.update(change)),
    remove: () => through('remove', working.remove),
  }
  return { store, faults, release: () => release() }
}
