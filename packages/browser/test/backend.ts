// The other side of the wire in these tests: the sandbox behind the proxy, both on real sockets;
// and what a user does in the popup.

import 'fake-indexeddb/auto'
import { createServer } from '@roambi-auth/proxy'
import { type Sandbox, startSandbox } from '@roambi-auth/sandbox'
import { createStore, del, get, set } from 'idb-keyval'
import { afterAll, beforeAll, beforeEach, vi } from 'vitest'
import { deliverCallback } from '../src/callback-channel.ts'
import { createRoambi, type Roambi, type RoambiOptions, type Session } from '../src/index.ts'
import type { StoredSession } from '../src/session.ts'
import { createIndexedDbStore } from '../src/session-store.ts'

const redirectUri = 'http://localhost:5173/callback.html'
const store = createStore('roambi-auth', 'sessions')

export interface Backend {
  readonly sandbox: Sandbox
  readonly storeKey: string
  /** A tab: tabs share one store, as they do in a browser. */
  openTab(options?: Partial<RoambiOptions>): Roambi
  /** Signs in as a user who allows everything. */
  signIn(roambi: Roambi): Promise<Session>
  stored(): Promise<StoredSession>
  store(record: unknown): Promise<void>
  /** Makes the stored session nearly a day old. */
  ageSession(): Promise<StoredSession>
  /** What has been sent to Roambi's token endpoint since this test began. */
  sent(): readonly string[]
}

/** Started once for all tests of a file, emptied before each. */
export function useBackend(): Backend {
  let sandbox: Sandbox
  let proxy: ReturnType<typeof createServer>
  let proxyUrl = ''
  let begin = 0

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, redirectUri })
    const { clientId, clientSecret } = sandbox.client
    proxy = createServer({
      clientId,
      clientSecret,
      apiUrl: sandbox.apiUrl,
      redirectUris: [redirectUri],
      allowedOrigins: ['http://localhost:5173'],
      logLevel: 'silent',
    })
    proxyUrl = await proxy.listen({ port: 0, host: 'localhost' })
  })
  afterAll(async () => {
    await proxy.close()
    await sandbox.close()
  })
  beforeEach(async () => {
    sandbox.set({ rotation: 'off' })
    await del(backend.storeKey, store)
    begin = sandbox.tokenRequests.length
  })

  const backend: Backend = {
    get sandbox() {
      return sandbox
    },
    get storeKey() {
      return `${proxyUrl}/ ${sandbox.client.clientId}`
    },
    openTab: (options) =>
      createRoambi({ clientId: sandbox.client.clientId, proxyUrl, redirectUri, ...options }),
    signIn(roambi) {
      userAnswers(() => ({ code: sandbox.issueCode() }))
      return roambi.login()
    },
    stored: async () => (await get(backend.storeKey, store)) as StoredSession,
    store: (record) => set(backend.storeKey, record, store),
    async ageSession() {
      const now = Date.now()
      const times = { renewedAt: now - 86_370_000, expiresAt: now + 30_000 }
      const aged = { ...(await backend.stored()), ...times }
      await backend.store(aged)
      return aged
    },
    sent: () => sandbox.tokenRequests.slice(begin).map(({ grantType }) => grantType),
  }
  return backend
}

/** Puts a user in front of the popup, who ends up on the callback page with `answer`'s query. */
export function userAnswers(answer: () => Record<string, string>): void {
  const popup = {
    closed: false,
    focus() {},
    close() {
      popup.closed = true
    },
    location: {
      async replace(address: string) {
        const state = new URL(address).searchParams.get('state') ?? ''
        const query = new URLSearchParams({ state, ...answer() })
        await deliverCallback(`${redirectUri}?${query}`, state, 1000)
        popup.closed = true
      },
    },
  }
  vi.spyOn(globalThis, 'open').mockImplementation(() => popup as unknown as Window)
}

/** Renews the session of a tab, as after a 401. */
export async function renew(roambi: Roambi): Promise<string> {
  return roambi.getAccessToken({ rejected: await roambi.getAccessToken() })
}

export async function nameOfUser(roambi: Roambi): Promise<string> {
  const { resources } = await roambi.api
    .get('user/resources')
    .json<{ resources: { name: string } }>()
  return resources.name
}

/** What the listeners of a tab are told from now on, as words such as `in: renewed elsewhere`. */
export function listen(roambi: Roambi): string[] {
  const heard: string[] = []
  roambi.subscribe((session, change) => {
    const state = session ? 'in' : session === null ? 'out' : 'unknown'
    const what = change && `${change.reason}${change.elsewhere ? ' elsewhere' : ''}`
    heard.push(what ? `${state}: ${what}` : state)
  })
  return heard
}

/** A tab whose user signs out while the session is being stored. */
export function openHastyTab(backend: Backend): Roambi {
  const store = createIndexedDbStore(backend.storeKey)
  const roambi = backend.openTab({
    store: {
      ...store,
      async update(change) {
        await store.update(change)
        await roambi.logout()
      },
    },
  })
  return roambi
}

/** A `fetch` whose answers have arrived but are only handed over when they are let through. */
export function heldFetch() {
  let arrive = () => {}
  let letThrough = () => {}
  const answered = new Promise<void>((resolve) => {
    arrive = resolve
  })
  const gate = new Promise<void>((resolve) => {
    letThrough = resolve
  })
  const heldFetch: typeof fetch = async (...request) => {
    const response = await fetch(...request)
    arrive()
    await gate
    return response
  }
  return { fetch: heldFetch, answered, letThrough: () => letThrough() }
}
