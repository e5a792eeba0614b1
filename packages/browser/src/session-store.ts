import { createStore, del, get, update } from 'idb-keyval'
import { RoambiAuthError } from './errors.ts'

/**
 * Where the session is kept. The record holds a `CryptoKey` that can't be exported, so a store must
 * keep it by structured clone, as IndexedDB or a variable does: JSON, `localStorage` and cookies lose
 * the key, and with it the session. The record may be anything: who reads it, checks it.
 *
 * @example
 * ```ts
 * let record: unknown
 * const memory: SessionStore = {
 *   async read() {
 *     return record
 *   },
 *   async update(change) {
 *     record = change(record)
 *   },
 *   async remove() {
 *     record = undefined
 *   },
 * }
 * ```
 */
export interface SessionStore {
  read(): Promise<unknown>
  /** Replaces the record by what `change` makes of it, in one transaction over all tabs. */
  update(change: (record: unknown) => unknown): Promise<void>
  remove(): Promise<void>
}

/** A record in IndexedDB, seen by every tab of the origin. Opened when first used. */
export function createIndexedDbStore(name: string): SessionStore {
  let opened: ReturnType<typeof createStore> | undefined
  const store = () => {
    opened ??= createStore('roambi-auth', 'sessions')
    return opened
  }
  return {
    read: () => guarded(() => get<unknown>(name, store())),
    update: (change) => guarded(() => update<unknown>(name, change, store())),
    // Other than an update to nothing, it works when the quota is used up.
    remove: () => guarded(() => del(name, store())),
  }
}

async function guarded<T>(access: () => Promise<T>): Promise<T> {
  try {
    return await access()
  } catch (cause) {
    throw new RoambiAuthError('storage_failed', 'The session could not be read or kept.', { cause })
  }
}
