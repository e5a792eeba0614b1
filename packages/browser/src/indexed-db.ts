import { promisifyRequest, type UseStore } from 'idb-keyval'
import { type Clock, systemClock, within } from './clock.ts'
import { RoambiAuthError } from './errors.ts'

const databaseName = 'roambi-auth'
const storeName = 'sessions'
/** For ever, since another version would wait for old tabs to close: only records change. */
const version = 1
/** How long an access may take, with all that it needs, in ms. */
const patience = 3000

export interface DatabaseOptions {
  /** Ends the use of the database: what is under way is finished, what comes later is rejected. */
  readonly life?: AbortSignal
  readonly clock?: Clock
  /** Asked at each opening, since a page may be denied even the look at `indexedDB`. */
  readonly factory?: () => IDBFactory
}

/**
 * The database of this package, as idb-keyval uses one. It is opened at the first access, and anew
 * at the next one after it had to be closed. An access that fails is tried once more, over another
 * connection: browsers lose theirs. It takes 3 s at most: where it takes longer, it is undone.
 *
 * @throws {@link RoambiAuthError} `storage_failed`, by each access
 */
export function createDatabase({
  life = new AbortController().signal,
  clock = systemClock,
  factory = () => indexedDB,
}: DatabaseOptions = {}): UseStore {
  let current: Promise<IDBDatabase> | undefined

  function open(): Promise<IDBDatabase> {
    life.throwIfAborted()
    // Added again, they are the same listeners. A hidden page with an open database may be kept out
    // of the back/forward cache.
    life.addEventListener('abort', close)
    globalThis.addEventListener?.('pagehide', close, { signal: life })
    return openDatabase(factory(), close)
  }

  /** Also where it opens only later. The browser finishes what is under way before. */
  function close(): void {
    current?.then(
      (database) => database.close(),
      () => {},
    )
    current = undefined
  }

  return async function access(mode, callback) {
    let transaction: IDBTransaction | undefined
    let isOver = false

    async function attempt() {
      current ??= open()
      const database = await current
      if (isOver) throw new Error('Too late.')
      transaction = database.transaction(storeName, mode, { durability: 'strict' })
      return callback(transaction.objectStore(storeName))
    }

    function attemptAnew(reason: unknown) {
      if (isOver) throw reason
      close()
      return attempt()
    }

    try {
      return await within(clock, patience, attempt().catch(attemptAnew))
    } catch (cause) {
      isOver = true
      undo(transaction)
      close()
      const isMissing =
        cause instanceof TypeError || (cause as Error | null)?.name === 'SecurityError'
      const details = { cause, retryable: !isMissing }
      throw new RoambiAuthError('storage_failed', "IndexedDB can't be used.", details)
    }
  }
}

async function openDatabase(factory: IDBFactory, makeWay: () => void): Promise<IDBDatabase> {
  const request = factory.open(databaseName, version)
  request.onupgradeneeded = () => request.result.createObjectStore(storeName)
  const database = await promisifyRequest(request)
  database.onversionchange = makeWay
  if (database.objectStoreNames.contains(storeName)) return database
  // Firefox leaves such a one behind when it is ended while it creates the database. Deletion is
  // asked for at once and before the close, or it may hit what another tab has made anew by then.
  // Here the second attempt makes it anew.
  const deletion = promisifyRequest(factory.deleteDatabase(databaseName))
  database.close()
  await deletion
  throw new Error('The database had no store.')
}

function undo(transaction: IDBTransaction | undefined): void {
  try {
    transaction?.abort()
  } catch {
    // It is over, or too far gone.
  }
}
