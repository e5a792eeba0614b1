import { beforeEach, describe, expect, it } from 'vitest'
import { type AuthorizationRequest, createAuthorizationRequest } from '../src/authorization.ts'
import { thumbprintOf } from '../src/dpop-key.ts'
import { createPendingLogins } from '../src/pending-logins.ts'
import type { SessionStore } from '../src/session-store.ts'
import { createHandClock } from './hand-clock.ts'
import { callbackPage, issuer, pendingStates, sharedStore } from './sign-in-tab.ts'

const createRequest = () =>
  createAuthorizationRequest({
    authorizeUrl: `${issuer}/1/authorize`,
    clientId: 'client-1',
    redirectUri: callbackPage,
    issuer,
  })

describe('pending sign-ins', () => {
  const clock = createHandClock()
  const openTab = (store = sharedStore) => createPendingLogins(store, clock)
  let request: AuthorizationRequest

  beforeEach(async () => {
    await sharedStore.remove()
    request = await createRequest()
  })

  it('come back in another tab, with their key', async () => {
    await openTab().add(request)
    const claimed = await openTab().claim(request.state)
    expect(claimed).toMatchObject({ state: request.state, codeVerifier: request.codeVerifier })
    expect(await thumbprintOf(claimed?.dpopKey ?? request.dpopKey)).toBe(
      await thumbprintOf(request.dpopKey),
    )
    expect(await sharedStore.read()).toEqual([])
  })

  it('are claimed once, by any number of tabs', async () => {
    const own = openTab()
    await own.add(request)
    const tabs = [openTab(), own, openTab(), own]
    const claims = await Promise.all(tabs.map((tab) => tab.claim(request.state)))
    expect(claims.filter((claimed) => claimed !== null)).toHaveLength(1)
  })

  it('do not disturb each other', async () => {
    const other = await createRequest()
    const [one, two] = [openTab(), openTab()]
    await Promise.all([one.add(request), two.add(other)])
    expect(await one.claim(request.state)).not.toBeNull()
    expect(await pendingStates()).toEqual([other.state])
    expect(await two.claim(other.state)).not.toBeNull()
  })

  it('are unknown by any other name', async () => {
    await openTab().add(request)
    for (const state of ['', 'foreign', '__proto__', 'length']) {
      expect(await openTab().claim(state)).toBeNull()
    }
    expect(await pendingStates()).toEqual([request.state])
  })

  it('expire after ten minutes, and are swept', async () => {
    await openTab().add(request)
    clock.advance(599_000)
    const other = await createRequest()
    await openTab().add(other)
    expect(await pendingStates()).toEqual([request.state, other.state])
    clock.advance(1000)
    expect(await openTab().claim(request.state)).toBeNull()
    expect(await pendingStates()).toEqual([other.state])
  })

  it('live through a record that is something else', async () => {
    const pending = { request, startedAt: clock.now() }
    const { codeVerifier, ...withoutVerifier } = request
    const junk = [
      null,
      42,
      'undefined',
      { ...pending, startedAt: String(clock.now()) },
      { ...pending, request: withoutVerifier },
      { ...pending, request: { ...request, issuer: 7 } },
      { ...pending, request: { ...request, dpopKey: {} } },
    ]
    for (const record of [...junk, { [request.state]: pending }, junk]) {
      await sharedStore.update(() => record)
      expect(await openTab().claim(request.state)).toBeNull()
    }
    await sharedStore.update(() => [...junk, pending])
    expect(await openTab().claim(request.state)).not.toBeNull()
  })

  describe('in a store that fails', () => {
    const fail = async () => {
      throw new DOMException('The database is gone', 'UnknownError')
    }
    const failing: SessionStore = { read: fail, update: fail, remove: fail }

    it('are known to their own tab, once, and say that it failed', async () => {
      const tab = openTab(failing)
      await expect(tab.add(request)).rejects.toThrow('The database is gone')
      const claims = await Promise.all([tab.claim(request.state), tab.claim(request.state)])
      expect(claims).toEqual([request, null])
    })

    it('only when they are added, are known to their own tab', async () => {
      let update: SessionStore['update'] = fail
      const own = openTab({ ...sharedStore, update: (change) => update(change) })
      await expect(own.add(request)).rejects.toThrow()
      update = sharedStore.update
      expect(await own.claim(request.state)).toBe(request)
    })

    it('only when they are claimed, are lost: another tab may have them by now', async () => {
      let update = sharedStore.update
      const broken: SessionStore = { ...sharedStore, update: (change) => update(change) }
      const [own, other] = [openTab(broken), openTab(broken)]
      await own.add(request)
      update = fail
      expect(await other.claim(request.state)).toBeNull()
      expect(await own.claim(request.state)).toBeNull()
    })

    it('are not left behind for other tabs when the store was only slow to fail', async () => {
      const late: SessionStore = {
        ...sharedStore,
        async update(change) {
          await sharedStore.update(change)
          await fail()
        },
      }
      const own = openTab(late)
      await expect(own.add(request)).rejects.toThrow()
      expect(await own.claim(request.state)).toBe(request)
      expect(await openTab().claim(request.state)).toBeNull()
    })
  })
})
