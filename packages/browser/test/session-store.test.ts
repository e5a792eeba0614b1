import { IDBFactory, IDBObjectStore } from 'fake-indexeddb'
import { set } from 'idb-keyval'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createDatabase } from '../src/indexed-db.ts'
import { createIndexedDbStore, type SessionStore } from '../src/session-store.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('a record in IndexedDB', () => {
  it('is nothing at first, what was made of it later, and nothing after its removal', async () => {
    const { store } = setUp()
    expect(await store.read()).toBeUndefined()
    await store.update((record) => ({ before: record }))
    await store.update((record) => ({ before: record }))
    expect(await store.read()).toEqual({ before: { before: undefined } })
    await store.remove()
    expect(await store.read()).toBeUndefined()
  })

  it('has a name, and nothing to do with the record of another name', async () => {
    const { database, store } = setUp()
    const logins = createIndexedDbStore('app logins', database)
    await store.update(() => 'session')
    await logins.update(() => 'login')
    await store.remove()
    expect([await store.read(), await logins.read()]).toEqual([undefined, 'login'])
  })

  it('is the same for all tabs, none of which undoes what another one did', async () => {
    const { factory, store } = setUp()
    const otherTab = createIndexedDbStore('app', createDatabase({ factory: () => factory }))
    const count = (record: unknown) => ((record as number | undefined) ?? 0) + 1
    const tabs = Array.from({ length: 20 }, (_, turn) => (turn % 2 ? store : otherTab))
    await Promise.all(tabs.map((tab) => tab.update(count)))
    expect([await store.read(), await otherTab.read()]).toEqual([20, 20])
  })

  it.each([[null], ['undefined'], [0], [['session']], [{ session: { accessToken: 7 } }]])(
    'is handed over as it is, even where it makes no sense: %j',
    async (nonsense) => {
      const { database, store } = setUp()
      await set('app', nonsense, database)
      expect(await store.read()).toEqual(nonsense)
      const change = vi.fn(() => 'sense')
      await store.update(change)
      expect(change.mock.calls).toEqual([[nonsense]])
      expect(await store.read()).toBe('sense')
    },
  )

  it('is removed when no room is left', async () => {
    const { store } = setUp()
    await store.update(() => 'session')
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('Full.', 'QuotaExceededError')
    })
    await expect(store.update(() => 'more')).rejects.toMatchObject(failure('QuotaExceededError'))
    await store.remove()
    expect(await store.read()).toBeUndefined()
  })
})

describe('a record that cannot be kept', () => {
  const denied = () => {
    throw new DOMException('Denied.', 'SecurityError')
  }
  const factories: [string, string, () => IDBFactory][] = [
    ['there is no IndexedDB', 'TypeError', () => undefined as never],
    ['the page may not look at it', 'SecurityError', denied],
    ['the page may not open it', 'SecurityError', () => ({ open: denied }) as never],
    ['it cannot be opened', 'VersionError', laterVersion],
  ]

  it.each(factories)('is a failure to be caught: %s', async (_, name, factory) => {
    await failsWith(name, createIndexedDbStore('app', createDatabase({ factory })))
  })

  it('is a failure to be caught: the page has none, and nothing was injected', async () => {
    vi.stubGlobal('indexedDB', undefined)
    await failsWith('TypeError', createIndexedDbStore('app'))
  })

  it('is a failure to be caught: the life of the client is over', async () => {
    const { store, life } = setUp()
    await store.update(() => 'session')
    life.abort()
    await failsWith('AbortError', store)
  })
})

function setUp() {
  const factory = new IDBFactory()
  const life = new AbortController()
  const database = createDatabase({ life: life.signal, factory: () => factory })
  return { factory, life, database, store: createIndexedDbStore('app', database) }
}

function laterVersion(): IDBFactory {
  const factory = new IDBFactory()
  factory.open('roambi-auth', 2)
  return factory
}

async function failsWith(name: string, store: SessionStore): Promise<void> {
  const change = vi.fn()
  // Made before any of them is awaited: none throws in this task.
  const accesses = [store.read(), store.update(change), store.remove()]
  for (const outcome of await Promise.allSettled(accesses)) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: failure(name) })
  }
  expect(change).not.toHaveBeenCalled()
}

function failure(name: string) {
  return { name: 'RoambiAuthError', code: 'storage_failed', cause: { name } }
}
