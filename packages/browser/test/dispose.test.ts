import { afterEach, expect, it, vi } from 'vitest'
import { heldFetch, renew, useBackend } from './backend.ts'
import { userAnswers } from './popup.ts'

const backend = useBackend()
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

it('a client that is disposed of lets go of all it has, and keeps the session', async () => {
  const added = [window, document].map((target) => vi.spyOn(target, 'addEventListener'))
  const channels = noteChannels()
  const closeDatabase = vi.spyOn(IDBDatabase.prototype, 'close')
  const timers = noteTimers()

  const roambi = backend.openTab()
  await backend.signIn(roambi)
  const told = vi.fn()
  roambi.subscribe(told)
  await roambi.getAccessToken({ rejected: await roambi.getAccessToken() })
  expect(timers.size).toBeGreaterThan(0)
  // For the callback page, and for the other tabs.
  expect(channels.size).toBe(2)
  roambi.dispose()
  told.mockClear()

  await vi.waitFor(() => expect(closeDatabase).toHaveBeenCalled())
  const signals = added
    .flatMap(({ mock }) => mock.calls)
    .map(([, , options]) => (options as { signal?: AbortSignal } | undefined)?.signal)
  expect(signals.length).toBeGreaterThan(5)
  expect(signals.map((signal) => signal?.aborted)).toEqual(signals.map(() => true))
  expect([channels.size, timers.size]).toEqual([0, 0])

  const disposed = { code: 'disposed' }
  for (const call of [roambi.getAccessToken, roambi.logout, () => roambi.api.get('any')]) {
    await expect(call()).rejects.toMatchObject(disposed)
  }
  await expect(backend.openTab().getAccessToken()).resolves.toMatch(/^1\//)
  expect(told).not.toHaveBeenCalled()
})

it('what a renewal under way brings is kept, since the old refresh token may be dead', async () => {
  backend.sandbox.set({ rotation: 'strict' })
  await backend.signIn(backend.openTab())
  const { refreshToken } = await backend.stored()
  const { fetch, answered, letThrough } = heldFetch()
  const roambi = backend.openTab({ fetch })
  const renewal = renew(roambi)
  await answered
  roambi.dispose()
  letThrough()
  await renewal.catch(() => {})
  await vi.waitFor(async () => {
    expect((await backend.stored()).refreshToken).not.toBe(refreshToken)
  })
  expect((await backend.storedRecord()).renewalStartedAt).toBeUndefined()
})

it('neither does it open a window, nor anything else, any more', async () => {
  const visited = userAnswers(() => ({ code: backend.sandbox.issueCode() }))
  const roambi = backend.openTab()
  roambi.dispose()
  await expect(roambi.login()).rejects.toMatchObject({ code: 'disposed' })
  expect(globalThis.open).not.toHaveBeenCalled()
  expect(visited).toEqual([])
})

/** The channels that are opened from now on and have not been closed. */
function noteChannels(): Set<BroadcastChannel> {
  const channels = new Set<BroadcastChannel>()
  class NotedChannel extends BroadcastChannel {
    constructor(name: string) {
      super(name)
      channels.add(this)
    }
    override close() {
      channels.delete(this)
      super.close()
    }
  }
  vi.stubGlobal('BroadcastChannel', NotedChannel)
  return channels
}

/** The client's timers that are set from now on and have neither fired nor been cleared. */
function noteTimers(): Set<unknown> {
  const timers = new Set<unknown>()
  const { setTimeout, clearTimeout } = globalThis
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((task: () => void, delay?: number) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      task()
    }, delay)
    // Not those of the proxy and the sandbox, which run here as well.
    if (new Error().stack?.includes('/browser/src/')) timers.add(timer)
    return timer
  }) as typeof setTimeout)
  vi.spyOn(globalThis, 'clearTimeout').mockImplementation((timer) => {
    timers.delete(timer)
    clearTimeout(timer)
  })
  return timers
}
