import { vi } from 'vitest'

/**
 * Tells the window of each change in `localStorage`, as a browser tells the other pages of the
 * origin. Here one window stands for all of them.
 */
export function fireStorageEvents(): void {
  const storage = localStorage
  changeStorage({
    setItem(key, value) {
      storage.setItem(key, value)
      tell(key, value)
    },
    removeItem(key) {
      const wasThere = storage.getItem(key) !== null
      storage.removeItem(key)
      if (wasThere) tell(key, null)
    },
  })
}

/** A `localStorage` that does some things differently, until the globals are unstubbed. */
export function changeStorage(methods: Partial<Storage>): void {
  const changed = new Proxy(localStorage, {
    get: (storage, name) => methods[name as string] ?? Reflect.get(storage, name),
  })
  vi.stubGlobal('localStorage', changed)
}

function tell(key: string, newValue: string | null): void {
  queueMicrotask(() => dispatchEvent(new StorageEvent('storage', { key, newValue })))
}
