// Two pages of one app, or one that is loaded again: an answer is redeemed once, by somebody.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { deliverCallback } from '../src/callback-delivery.ts'
import { RoambiAuthError } from '../src/errors.ts'
import type { LoginEdges } from '../src/login.ts'
import { createHandClock } from './hand-clock.ts'
import {
  answerTo,
  expectPopup,
  openTab as open,
  pendingStates,
  session,
  sharedStore,
} from './sign-in-tab.ts'

const tabs: { dispose(): void }[] = []
let clock = createHandClock()
let popup = expectPopup()

/** Tabs run on one clock. */
function openTab(edges: Partial<LoginEdges> = {}) {
  const tab = open({ clock, ...edges })
  tabs.push(tab)
  return tab
}

beforeEach(async () => {
  clock = createHandClock()
  popup = expectPopup()
  await sharedStore.remove()
})
afterEach(() => {
  clock.advance(120_000)
  for (const tab of tabs.splice(0)) tab.dispose()
  localStorage.clear()
  sessionStorage.clear()
  vi.restoreAllMocks()
})

/** A page that has sent its popup to sign in, and is then loaded anew. Its popup stays open. */
async function loginAndReload(): Promise<string> {
  const gone = openTab()
  gone.login().catch(() => {})
  const state = (await popup.address()).searchParams.get('state') ?? ''
  await vi.waitFor(async () => expect(await pendingStates()).toEqual([state]))
  gone.dispose()
  return state
}

/** Long enough for a tab that has heard an answer to take it. */
async function passHeadStart(waiting = 1) {
  await vi.waitFor(() => expect(clock.waiting).toBe(waiting))
  clock.advance(500)
}

describe('a page that is loaded anew', () => {
  it('finishes with the answer that was left for it', async () => {
    const state = await loginAndReload()
    const taken = deliverCallback(answerTo(state), state, clock)
    const tab = openTab()
    await tab.resume()
    expect(tab.finish.mock.lastCall?.[0]).toBe('abc')
    expect(tab.finish.mock.lastCall?.[1]).toMatchObject({ state, clientId: 'client-1' })
    expect(tab.told).toEqual(['finishing', 'idle'])
    expect(await taken).toBe(true)
    expect(localStorage).toHaveLength(0)
    expect(await pendingStates()).toEqual([])
  })

  it('finishes with an answer that comes when it is there', async () => {
    const state = await loginAndReload()
    const tab = openTab()
    await tab.resume()
    const taken = deliverCallback(answerTo(state), state, clock)
    await passHeadStart(2)
    expect(await taken).toBe(true)
    await vi.waitFor(() => expect(tab.told).toEqual(['finishing', 'idle']))
    expect(tab.finish).toHaveBeenCalledOnce()
  })

  it.each([
    ['error=access_denied', 'access_denied'],
    ['code=a&code=b', 'invalid_callback'],
  ])('says how it ended after %s, and redeems nothing', async (query, code) => {
    const state = await loginAndReload()
    deliverCallback(answerTo(state, query), state, clock)
    const tab = openTab()
    await tab.resume()
    expect(tab.told).toEqual(['finishing', code])
    expect(tab.finish).not.toHaveBeenCalled()
  })

  it('says why the code could not be redeemed, and does not send it again', async () => {
    const state = await loginAndReload()
    deliverCallback(answerTo(state), state, clock)
    const tab = openTab()
    tab.finish.mockRejectedValue(new RoambiAuthError('server_error', 'Down.'))
    await tab.resume()
    await tab.resume()
    expect(tab.told).toEqual(['finishing', 'server_error'])
    expect(tab.finish).toHaveBeenCalledOnce()
  })

  it.each([
    ['its answer', 0, 120_001],
    ['its request', 599_000, 1000],
  ])('is too late when %s has expired', async (_, before, after) => {
    const state = await loginAndReload()
    clock.advance(before)
    deliverCallback(answerTo(state), state, createHandClock())
    const message = { callbackUrl: answerTo(state), sentAt: clock.now() }
    localStorage.setItem(`roambi-auth callback ${state}`, JSON.stringify(message))
    clock.advance(after)
    const tab = openTab()
    await tab.resume()
    expect(tab.finish).not.toHaveBeenCalled()
    expect(tab.told).toEqual([])
  })

  it('leaves an answer to another app where it is', async () => {
    deliverCallback(answerTo('theirs'), 'theirs', clock)
    const tab = openTab()
    await tab.resume()
    expect(tab.told).toEqual([])
    expect(localStorage).toHaveLength(1)
  })

  it('shares the end with who clicks on the sign-in button meanwhile', async () => {
    const state = await loginAndReload()
    deliverCallback(answerTo(state), state, clock)
    const tab = openTab()
    let redeemed = (_: typeof session) => {}
    tab.finish.mockReturnValue(new Promise((resolve) => (redeemed = resolve)))
    const resumed = tab.resume()
    await vi.waitFor(() => expect(tab.told).toEqual(['finishing']))
    vi.mocked(globalThis.open).mockClear()
    const login = tab.login()
    expect(globalThis.open).not.toHaveBeenCalled()
    redeemed(session)
    expect(await login).toBe(session)
    await resumed
  })

  it('can be told to let it be', async () => {
    const state = await loginAndReload()
    deliverCallback(answerTo(state), state, clock)
    const tab = openTab()
    let end: AbortSignal | undefined
    tab.finish.mockImplementation((...args) => {
      end = args[2]
      return new Promise(() => {})
    })
    const resumed = tab.resume()
    await vi.waitFor(() => expect(end?.aborted).toBe(false))
    tab.cancel()
    await resumed
    expect(end?.aborted).toBe(true)
    expect(tab.told).toEqual(['finishing', 'idle'])
  })

  it('can be told so while it looks', async () => {
    const state = await loginAndReload()
    deliverCallback(answerTo(state), state, clock)
    const tab = openTab()
    const resumed = tab.resume()
    tab.cancel()
    await resumed
    expect(tab.finish).not.toHaveBeenCalled()
    expect(tab.told).toEqual([])
  })

  it('hands the session to its own open window as well', async () => {
    const state = await loginAndReload()
    const tab = openTab()
    popup = expectPopup()
    const login = tab.login()
    await popup.address()
    deliverCallback(answerTo(state), state, clock)
    await vi.waitFor(() => expect(localStorage).toHaveLength(1))
    await tab.resume()
    expect(await login).toBe(session)
    expect(popup.close).toHaveBeenCalled()
  })
})

it('a page that has slept through its answer finds it when it wakes up', async () => {
  const tab = openTab()
  const login = expect(tab.login()).rejects.toMatchObject({ code: 'access_denied' })
  const state = (await popup.address()).searchParams.get('state') ?? ''
  const message = { callbackUrl: answerTo(state, 'error=access_denied'), sentAt: clock.now() }
  localStorage.setItem(`roambi-auth callback ${state}`, JSON.stringify(message))
  await tab.resume()
  await login
  expect(tab.told).toEqual(['open', 'finishing', 'access_denied'])
})

it('an answer that comes again while it is redeemed is claimed once', async () => {
  const signedInElsewhere = vi.fn(async () => session)
  const tab = openTab({ signedInElsewhere })
  let redeemed = (_: typeof session) => {}
  tab.finish.mockReturnValue(new Promise((resolve) => (redeemed = resolve)))
  const login = tab.login()
  const state = (await popup.address()).searchParams.get('state') ?? ''
  await popup.comeBack()
  await vi.waitFor(() => expect(tab.finish).toHaveBeenCalled())
  const message = { callbackUrl: answerTo(state), sentAt: clock.now() }
  localStorage.setItem(`roambi-auth callback ${state}`, JSON.stringify(message))
  const resumed = tab.resume()
  await tab.pending.claim('nothing')
  redeemed(session)
  await Promise.all([login, resumed])
  expect(signedInElsewhere).not.toHaveBeenCalled()
})

describe('of several tabs', () => {
  it('the one that waits for the answer takes it', async () => {
    const [own, ...others] = [openTab(), openTab(), openTab()] as const
    for (const other of others) await other.resume()
    const login = own.login()
    const { taken } = await popup.comeBack('code=abc', clock)
    expect(await login).toBe(session)
    expect(await taken).toBe(true)
    await passHeadStart(others.length)
    await vi.waitFor(() => expect(clock.waiting).toBe(0))
    await Promise.all(others.map((other) => other.pending.claim('nothing')))
    for (const { finish, told } of others) {
      expect(finish).not.toHaveBeenCalled()
      expect(told).toEqual([])
    }
  })

  it('one finishes what a page that is gone has begun', async () => {
    const state = await loginAndReload()
    const others = [openTab(), openTab()]
    for (const other of others) await other.resume()
    deliverCallback(answerTo(state), state, clock)
    await passHeadStart(3)
    const finished = () => others.flatMap(({ finish }) => finish.mock.calls)
    await vi.waitFor(() => expect(finished()).toHaveLength(1))
    await Promise.all(others.map((other) => other.pending.claim('nothing')))
    expect(finished()).toHaveLength(1)
  })

  it('one finishes what was left, also when both are loaded at once', async () => {
    const state = await loginAndReload()
    deliverCallback(answerTo(state), state, clock)
    const both = [openTab(), openTab()]
    await Promise.all([...both, ...both].map((tab) => tab.resume()))
    expect(both.flatMap(({ finish }) => finish.mock.calls)).toHaveLength(1)
  })

  it('the one that was too slow gets the session from the other', async () => {
    const elsewhere = { ...session, signedInAt: 7 }
    const signedInElsewhere = vi.fn(async () => elsewhere)
    const slow = openTab({ signedInElsewhere })
    const login = slow.login()
    const state = (await popup.address()).searchParams.get('state') ?? ''
    await vi.waitFor(async () => expect(await pendingStates()).toEqual([state]))
    expect(await openTab().pending.claim(state)).not.toBeNull()
    await popup.comeBack()
    expect(await login).toBe(elsewhere)
    expect(signedInElsewhere).toHaveBeenCalledOnce()
    expect(slow.finish).not.toHaveBeenCalled()
  })

  it('the one that gets no session from the other does not wait for ever', async () => {
    const slow = openTab()
    const login = expect(slow.login()).rejects.toMatchObject({ code: 'login_timeout' })
    const state = (await popup.address()).searchParams.get('state') ?? ''
    await vi.waitFor(async () => expect(await pendingStates()).toEqual([state]))
    await openTab().pending.claim(state)
    await popup.comeBack()
    await vi.waitFor(() => expect(slow.told).toEqual(['open', 'finishing']))
    clock.advance(600_000)
    await login
  })

  it('none takes an answer that it has heard when it is told to let all be', async () => {
    const state = await loginAndReload()
    const tab = openTab()
    await tab.resume()
    deliverCallback(answerTo(state), state, clock)
    await vi.waitFor(() => expect(clock.waiting).toBe(2))
    tab.cancel()
    clock.advance(500)
    await tab.pending.claim('nothing')
    expect(await pendingStates()).toEqual([state])
    expect(tab.finish).not.toHaveBeenCalled()
  })
})

describe('React in strict mode', () => {
  it('that starts twice signs in once', async () => {
    const tab = openTab()
    const both = [tab.login(), tab.login()]
    await popup.comeBack()
    expect(await Promise.all(both)).toEqual([session, session])
    expect(tab.finish).toHaveBeenCalledOnce()
  })

  it('that makes its client anew while the window is open signs in with the second', async () => {
    const state = await loginAndReload()
    const tab = openTab()
    await Promise.all([tab.resume(), tab.resume()])
    const taken = deliverCallback(answerTo(state), state, clock)
    await passHeadStart(2)
    expect(await taken).toBe(true)
    await vi.waitFor(() => expect(tab.finish).toHaveBeenCalledOnce())
  })
})

it('a client listens from its first use on, once', async () => {
  const inbox = { listen: vi.fn(), left: vi.fn(() => []) }
  const tab = openTab({ inbox })
  expect(inbox.listen).not.toHaveBeenCalled()
  tab.login().catch(() => {})
  await tab.resume()
  await tab.resume()
  expect(inbox.listen).toHaveBeenCalledOnce()
  expect(inbox.left).toHaveBeenCalledTimes(2)
})

it('a client that is disposed of hears, takes and finishes nothing', async () => {
  const state = await loginAndReload()
  const tab = openTab()
  await tab.resume()
  deliverCallback(answerTo(state), state, clock)
  await vi.waitFor(() => expect(clock.waiting).toBe(2))
  tab.dispose()
  clock.advance(500)
  await tab.resume()
  await tab.pending.claim('nothing')
  expect(await pendingStates()).toEqual([state])
  expect(tab.finish).not.toHaveBeenCalled()
  await expect(tab.login()).rejects.toThrow()
})
