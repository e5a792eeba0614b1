import { promisifyRequest, type UseStore } from 'idb-keyval'
import { createDatabase } from './indexed-db.ts'

/**
 * Where a record is kept, such as the session. It holds a `CryptoKey` that can't
 * be exported, so a store must keep it by structured clone, as IndexedDB or a variable does: JSON,
 * `localStorage` and cookies lose the key, and with it the session. The record may be anything: who
 * reads it, checks it.
 *
 * @example
 * ```ts
 * import type { SessionStore } from '@roambi-auth/browser'
 *
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
  /** The record; `undefined` when there is none. */
  read(): Promise<unknown>
  /**
   * Replaces the record by what `change` makes of it, in one transaction over all tabs. `change` may
   * be called more than once, when a transaction has to be repeated: it must be pure.
   */
  update(change: (record: unknown) => unknown): Promise<void>
  /** Forgets the record. */
  remove(): Promise<void>
}

/**
 * A record in IndexedDB, seen by every tab of the origin.
 *
 * @throws `storage_failed` (RoambiAuthError), by each method, after 3 s at most
 */
export function createIndexedDbStore(
  name: string,
  database: UseStore = createDatabase(),
): SessionStore {
  return {
    read: () => database('readonly', (records) => promisifyRequest(records.get(name))),
    update: (change) =>
      database('readwrite', async (records) => {
        records.put(change(await promisifyRequest(records.get(name))), name)
        await promisifyRequest(records.transaction)
      }),
    // Other than an update to nothing, it works when the quota is used up.
    remove: () =>
      database('readwrite', (records) => {
        records.delete(name)
        return promisifyRequest(records.transaction)
      }),
  }
}
