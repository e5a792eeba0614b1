import type { SessionStore } from '../src/session-store.ts'

/** Another store than IndexedDB, which nobody else sees. */
export function memoryStore(record: unknown): SessionStore {
  return {
    read: async () => record,
    async update(change) {
      record = change(record)
    },
    async remove() {
      record = undefined
    },
  }
}
