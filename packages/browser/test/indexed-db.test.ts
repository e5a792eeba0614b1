import { forceCloseDatabase, IDBDatabase, IDBFactory } from 'fake-indexeddb'
import { get, promisifyRequest, set, update } from 'idb-keyval'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Clock } from '../src/clock.ts'
import { RoambiAuthError } from '../src/errors.ts'
import { createDatabase } from '../src/indexed-db.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('the database', () => {
  it('is opened at the first use, once for all who come then', async () => {
    const { factory, database } = setUp()
    expect(factory.open).not.toHaveBeenCalled()
    await Promise.all([set('a', 1, database), set('b', 2, database), get('a', database)])
    expect(await get('b', database)).toBe(2)
    expect(factory.open).toHaveBeenCalledOnce()
    expect(await factory.databases()).toEqual([{ name: 'roambi-auth', version: 1 }])
  })

  it('is opened where nothing tells that the page is hidden', async () => {
    vi.stubGlobal('addEventListener', undefined)
    vi.stubGlobal('removeEventListener', undefined)
    const { database, life } = setUp()
    await set('a', 1, database)
    expect(await get('a', database)).toBe(1)
    life.abort()
  })

  it('is tried anew after an opening that failed', async () => {
    const { factory, database } = setUp()
    const fails = () => failingRequest('UnknownError')
    vi.mocked(factory.open).mockImplementationOnce(fails).mockImplementationOnce(fails)
    await expect(set('a', 1, database)).rejects.toMatchObject(failure('UnknownError'))
    expect(factory.open).toHaveBeenCalledTimes(2)
    await set('a', 1, database)
    expect(await get('a', database)).toBe(1)
    expect(factory.open).toHaveBeenCalledTimes(3)
  })

  it('is not opened when it is of a later version', async () => {
    const { factory, database } = setUp()
    const later = await promisifyRequest(factory.open('roambi-auth', 2))
    later.close()
    await expect(get('a', database)).rejects.toMatchObject(failure('VersionError'))
  })

  it('is given up when it does not open in 3 s, and closed when it opens then', async () => {
    const { factory, database, clock, handles } = setUp()
    const giveFree = await blockOpening(factory)
    const change = vi.fn(() => 'late')
    const refused = expect(update('a', change, database)).rejects.toMatchObject(timeout)
    clock.pass(2999)
    expect(clock.timers).toBe(1)
    clock.pass(1)
    await refused
    const second = get('a', database)
    expect(factory.open).toHaveBeenCalledTimes(2)
    giveFree()
    expect(await second).toBeUndefined()
    expect(change).not.toHaveBeenCalled()
    expect(handles().map(isClosed)).toEqual([true, false])
  })

  it('makes way for somebody who deletes it', async () => {
    const { factory, database } = setUp()
    await set('a', 1, database)
    await deleteDatabase(factory)
    expect(await get('a', database)).toBeUndefined()
    expect(factory.open).toHaveBeenCalledTimes(2)
  })

  it('is opened anew after the browser has closed it', async () => {
    const { database, handles } = setUp()
    await set('a', 1, database)
    for (const handle of handles()) forceCloseDatabase(handle as never)
    expect(await get('a', database)).toBe(1)
    expect(handles().map(isClosed)).toEqual([true, false])
  })

  it('is closed while the page is hidden', async () => {
    const { database, handles } = setUp()
    await set('a', 1, database)
    dispatchEvent(new Event('pagehide'))
    await vi.waitFor(() => expect(handles().map(isClosed)).toEqual([true]))
    expect(await get('a', database)).toBe(1)
    expect(handles().map(isClosed)).toEqual([true, false])
  })

  it('finishes what is under way when the page is hidden', async () => {
    const { database, handles } = setUp()
    await set('a', 1, database)
    const change = vi.fn((before = 0) => {
      dispatchEvent(new Event('pagehide'))
      return before + 1
    })
    await update('a', change, database)
    expect(change).toHaveBeenCalledOnce()
    expect(handles().map(isClosed)).toEqual([true])
    expect(await get('a', database)).toBe(2)
  })
})

describe('a database without its store', () => {
  it('is made anew, by all tabs that find it so', async () => {
    const { factory, database } = setUp()
    const broken = await promisifyRequest(factory.open('roambi-auth', 1))
    broken.close()
    const otherTab = createDatabase({ factory: () => factory })
    await Promise.all([set('a', 1, database), set('b', 2, otherTab)])
    expect(await get('b', database)).toBe(2)
    expect(await get('a', otherTab)).toBe(1)
  })

  it('is not deleted once another tab has made it anew', async () => {
    const { factory, database } = setUp()
    const broken = await promisifyRequest(factory.open('roambi-auth', 1))
    broken.close()
    let made: Promise<void> | undefined
    const { open } = new IDBFactory()
    vi.mocked(factory.open).mockImplementationOnce((...request) => {
      const opening = open.apply(factory, request)
      opening.addEventListener('success', () => {
        setImmediate(() => {
          made = makeAnew(factory)
        })
      })
      return opening
    })
    await set('a', 1, database)
    await made
    expect(await get('b', database)).toBe(2)
  })

  it('is given up when it is still without', async () => {
    const { factory, database } = setUp()
    const broken = await promisifyRequest(factory.open('roambi-auth', 1))
    broken.close()
    vi.spyOn(factory, 'deleteDatabase').mockImplementation(() => factory.open('other'))
    await expect(get('a', database)).rejects.toThrow(RoambiAuthError)
    expect(factory.deleteDatabase).toHaveBeenCalledTimes(2)
  })

  it('is given up while another tab holds it', async () => {
    const { factory, database, clock } = setUp()
    const held = await promisifyRequest(factory.open('roambi-auth', 1))
    const deletion = vi.spyOn(factory, 'deleteDatabase')
    const refused = expect(get('a', database)).rejects.toMatchObject(timeout)
    await vi.waitFor(() => expect(deletion).toHaveBeenCalledOnce())
    clock.pass(3000)
    await refused
    held.close()
    await set('a', 1, database)
    expect(await get('a', database)).toBe(1)
  })
})

describe('an access', () => {
  it('is tried again when the connection was closed unheard', async () => {
    const { database, handles } = setUp()
    await set('a', 1, database)
    handles()[0]?.close()
    expect(await get('a', database)).toBe(1)
    expect(handles()).toHaveLength(2)
  })

  it.each(['InvalidStateError', 'UnknownError', 'AbortError', 'QuotaExceededError'])(
    'is tried again once, over another connection, after %s',
    async (name) => {
      const { database, handles, transactions, clock } = setUp()
      await set('a', 0, database)
      transactions.mockImplementationOnce(() => fail(name))
      await set('a', 1, database)
      expect(await get('a', database)).toBe(1)
      expect(handles().map(isClosed)).toEqual([true, false])

      transactions.mockClear()
      transactions.mockImplementationOnce(() => fail(name)).mockImplementationOnce(() => fail(name))
      await expect(set('a', 2, database)).rejects.toMatchObject(failure(name))
      expect(transactions).toHaveBeenCalledTimes(2)
      expect(await get('a', database)).toBe(1)
      expect(clock.timers).toBe(0)
    },
  )

  it('fails with what no browser could keep', async () => {
    const { database } = setUp()
    await set('a', 1, database)
    const refused = expect(update('a', () => () => {}, database)).rejects
    await refused.toMatchObject(failure('DataCloneError'))
    expect(await get('a', database)).toBe(1)
  })

  it('is tried again when its transaction is aborted, from what is stored then', async () => {
    const { database, transactions } = setUp()
    await set('a', 1, database)
    const change = vi.fn((before = 0) => {
      const transaction = transactions.mock.results.at(-1)?.value
      if (change.mock.calls.length === 1) queueMicrotask(() => transaction.abort())
      return before + 1
    })
    await update('a', change, database)
    expect(change.mock.calls).toEqual([[1], [1]])
    expect(await get('a', database)).toBe(2)
  })

  it('is rejected when the quota is used up at its end, and leaves what was there', async () => {
    const { database, transactions } = setUp()
    await set('a', 1, database)
    const change = () => {
      const transaction = transactions.mock.results.at(-1)?.value
      Object.assign(transaction, { error: new DOMException('Full.', 'QuotaExceededError') })
      queueMicrotask(() => transaction.abort())
      return 2
    }
    const refused = expect(update('a', change, database)).rejects
    await refused.toMatchObject(failure('QuotaExceededError'))
    expect(await get('a', database)).toBe(1)
  })

  it('is done when its transaction is complete and on the disk', async () => {
    const { database, transactions } = setUp()
    let isComplete = false
    const change = () => {
      const transaction: IDBTransaction = transactions.mock.results.at(-1)?.value
      transaction.addEventListener('complete', () => {
        isComplete = true
      })
      return transaction.durability
    }
    await update('a', change, database)
    expect(isComplete).toBe(true)
    expect(await get('a', database)).toBe('strict')
  })

  it('is rejected and undone when it hangs for 3 s', async () => {
    const { factory, database, clock, transactions } = setUp()
    await set('a', 1, database)
    const giveFree = await occupyStore(factory)
    transactions.mockClear()
    const change = vi.fn(() => 2)
    const refused = expect(update('a', change, database)).rejects.toMatchObject(timeout)
    await vi.waitFor(() => expect(transactions).toHaveBeenCalledOnce())
    clock.pass(3000)
    await refused
    await giveFree()
    expect(factory.open).toHaveBeenCalledOnce()
    expect(await get('a', database)).toBe(1)
    expect(change).not.toHaveBeenCalled()
    expect(transactions).toHaveBeenCalledTimes(2)
  })

  it('is rejected after 3 s with its second try', async () => {
    const { factory, database, clock, transactions } = setUp()
    await set('a', 1, database)
    const giveFree = await occupyStore(factory)
    transactions.mockClear()
    const refused = expect(set('a', 2, database)).rejects.toMatchObject(timeout)
    await vi.waitFor(() => expect(transactions).toHaveBeenCalledTimes(1))
    clock.pass(2000)
    transactions.mock.results[0]?.value.abort()
    await vi.waitFor(() => expect(transactions).toHaveBeenCalledTimes(2))
    clock.pass(1000)
    await refused
    await giveFree()
    expect(await get('a', database)).toBe(1)
  })
})

describe('the end of its life', () => {
  it('closes the database, for ever', async () => {
    const { factory, database, life, handles } = setUp()
    await set('a', 1, database)
    life.abort()
    await vi.waitFor(() => expect(handles().map(isClosed)).toEqual([true]))
    await expect(get('a', database)).rejects.toMatchObject({ cause: life.signal.reason })
    expect(factory.open).toHaveBeenCalledOnce()
  })

  it('finishes what is under way, also when the database is not open yet', async () => {
    const { factory, database, life, handles } = setUp()
    const written = set('a', 1, database)
    life.abort()
    await written
    expect(handles().map(isClosed)).toEqual([true])
    expect(await get('a', createDatabase({ factory: () => factory }))).toBe(1)
  })

  it('leaves no listener behind, nor does any connection before', async () => {
    const { database, life, handles } = setUp()
    const page = watchListeners(globalThis)
    await set('a', 1, database)
    expect(page.size).toBe(1)
    handles()[0]?.close()
    await set('a', 1, database)
    expect(page.size).toBe(1)
    life.abort()
    expect(page.size).toBe(0)
  })
})

const failure = (name: string) => ({ code: 'storage_failed', cause: { name } })
const timeout = failure('TimeoutError')

function setUp() {
  const factory = new IDBFactory()
  const opening = vi.spyOn(factory, 'open')
  const clock = clockByHand()
  const life = new AbortController()
  return {
    factory,
    clock,
    life,
    database: createDatabase({ life: life.signal, clock, factory: () => factory }),
    /** All connections that have been opened, in their order. */
    handles: () => opening.mock.results.map(({ value }) => value.result as IDBDatabase),
    transactions: vi.spyOn(IDBDatabase.prototype, 'transaction'),
  }
}

function clockByHand() {
  const timers = new Set<{ at: number; task: () => void }>()
  let now = 0
  const clock: Clock = {
    now: () => now,
    after(delay, task) {
      const timer = { at: now + delay, task }
      timers.add(timer)
      return () => timers.delete(timer)
    },
  }
  return {
    ...clock,
    get timers() {
      return timers.size
    },
    pass(time: number) {
      now += time
      for (const timer of timers) if (timer.at <= now && timers.delete(timer)) timer.task()
    },
  }
}

function isClosed(handle: IDBDatabase | undefined): boolean {
  try {
    handle?.transaction('sessions')
    return false
  } catch {
    return true
  }
}

function fail(name: string): never {
  throw new DOMException(name, name)
}

function failingRequest(name: string): IDBOpenDBRequest {
  const request = { error: new DOMException(name, name) } as IDBOpenDBRequest
  queueMicrotask(() => request.onerror?.(new Event('error')))
  return request
}

/** As a tab that deletes the database, which rejects when somebody does not close it. */
function deleteDatabase(factory: IDBFactory): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = factory.deleteDatabase('roambi-auth')
    request.onsuccess = () => resolve()
    request.onblocked = () => reject(new Error('blocked'))
  })
}

/** As another tab that finds no store. */
async function makeAnew(factory: IDBFactory): Promise<void> {
  await deleteDatabase(factory)
  const request = factory.open('roambi-auth', 1)
  request.onupgradeneeded = () => request.result.createObjectStore('sessions')
  const database = await promisifyRequest(request)
  const transaction = database.transaction('sessions', 'readwrite')
  transaction.objectStore('sessions').put(2, 'b')
  await promisifyRequest(transaction)
  database.close()
}

/** Nobody can open the database, since it is being deleted and an old tab does not close it. */
async function blockOpening(factory: IDBFactory): Promise<() => void> {
  const oldTab = await promisifyRequest(new IDBFactory().open.call(factory, 'roambi-auth'))
  const request = factory.deleteDatabase('roambi-auth')
  await new Promise((resolve) => {
    request.onblocked = resolve
  })
  return () => oldTab.close()
}

/** Another tab has a transaction that goes on and on. */
async function occupyStore(factory: IDBFactory): Promise<() => Promise<void>> {
  const otherTab = await promisifyRequest(new IDBFactory().open.call(factory, 'roambi-auth'))
  const transaction = otherTab.transaction('sessions', 'readwrite')
  let isFree = false
  const goOn = () => {
    if (!isFree) transaction.objectStore('sessions').get('a').onsuccess = goOn
  }
  goOn()
  return async () => {
    isFree = true
    await promisifyRequest(transaction)
  }
}

/** Which listeners are there, as far as they came after this. */
function watchListeners(target: EventTarget): Set<unknown> {
  const listeners = new Set<unknown>()
  const { addEventListener } = target
  vi.spyOn(target, 'addEventListener').mockImplementation((type, listener, options) => {
    listeners.add(listener)
    const { signal } = options as AddEventListenerOptions
    signal?.addEventListener('abort', () => listeners.delete(listener))
    addEventListener.call(target, type, listener, options)
  })
  return listeners
}
