// The other side of the wire in these tests: the sandbox behind the proxy, both on real sockets.

import 'fake-indexeddb/auto'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer, type ServerSettings } from '@roambi-auth/proxy'
import { type Sandbox, startSandbox } from '@roambi-auth/sandbox'
import { createStore, del, get, set, values } from 'idb-keyval'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { createRoambi, type Roambi, type RoambiOptions, type Session } from '../src/index.ts'
import type { StoredSession } from '../src/session.ts'
import { readRecord, type SessionRecord } from '../src/session-record.ts'
import { createIndexedDbStore } from '../src/session-store.ts'
import { redirectUri, userAnswers } from './popup.ts'

const store = createStore('roambi-auth', 'sessions')

export interface Backend {
  readonly sandbox: Sandbox
  readonly storeKey: string
  /** A tab: tabs share one store, as they do in a browser. */
  openTab(options?: Partial<RoambiOptions>): Roambi
  /** Signs in as a user who allows everything. */
  signIn(roambi: Roambi): Promise<Session>
  /** The stored session; fails where there is none. */
  stored(): Promise<StoredSession>
  storedRecord(): Promise<SessionRecord>
  store(record: unknown): Promise<void>
  /** All tokens, codes' verifiers and keys in the database, whatever the record. */
  secrets(): Promise<unknown[]>
  /** Makes the stored session nearly a day old. */
  ageSession(): Promise<StoredSession>
  /** What has been sent to Roambi's token endpoint since this test began. */
  sent(): readonly string[]
  /** Answers in the proxy's place what is sent to this path, for the rest of the test. */
  intercept(path: string, answer: RequestListener): void
}

/** Started once for all tests of a file, emptied before each. */
export function useBackend({ mode = 'pkce' }: Pick<ServerSettings, 'mode'> = {}): Backend {
  // The proxy must know its address, which is known once somebody listens there.
  const front = createHttpServer()
  let sandbox: Sandbox
  let proxy: ReturnType<typeof createServer>
  let proxyUrl = ''
  let begin = 0
  const tabs: Roambi[] = []
  const intercepted = new Map<string | undefined, RequestListener>()

  beforeAll(async () => {
    await new Promise<void>((resolve) => front.listen(0, 'localhost', resolve))
    proxyUrl = `http://localhost:${(front.address() as AddressInfo).port}`
    const registered = mode === 'pkce' ? `${proxyUrl}/1/callback` : redirectUri
    sandbox = await startSandbox({ port: 0, redirectUri: registered })
    const { clientId, clientSecret } = sandbox.client
    proxy = createServer({
      clientId,
      clientSecret,
      apiUrl: sandbox.apiUrl,
      publicUrl: proxyUrl,
      mode,
      redirectUris: [redirectUri],
      allowedOrigins: ['http://localhost:5173'],
      logLevel: 'silent',
    })
    await proxy.ready()
    front.on('request', (request, response) => {
      const answer = intercepted.get(request.url) ?? proxy.routing
      answer(request, response)
    })
  })
  afterAll(async () => {
    front.closeAllConnections()
    front.close()
    await proxy.close()
    await sandbox.close()
  })
  beforeEach(async () => {
    sandbox.set({ rotation: 'off' })
    await del(backend.storeKey, store)
    begin = sandbox.tokenRequests.length
    intercepted.clear()
  })
  afterEach(() => {
    for (const tab of tabs.splice(0)) tab.dispose()
  })

  const backend: Backend = {
    get sandbox() {
      return sandbox
    },
    get storeKey() {
      return `${proxyUrl}/ ${sandbox.client.clientId}`
    },
    openTab(options) {
      const tab = createRoambi({
        clientId: sandbox.client.clientId,
        proxyUrl,
        redirectUri,
        ...(mode === 'direct' && { authorizeUrl: `${sandbox.apiUrl}/authorize` }),
        ...options,
      })
      tabs.push(tab)
      return tab
    },
    signIn(roambi) {
      userAnswers(() => ({ code: sandbox.issueCode() }))
      return roambi.login()
    },
    async stored() {
      const { session } = await backend.storedRecord()
      if (!session) throw new Error('Nobody is signed in.')
      return session
    },
    storedRecord: async () => readRecord(await get(backend.storeKey, store)),
    secrets: async () => (await values(store)).flatMap(secretsIn),
    store: (record) => set(backend.storeKey, record, store),
    async ageSession() {
      const now = Date.now()
      const times = { renewedAt: now - 86_370_000, expiresAt: now + 30_000 }
      const session = { ...(await backend.stored()), ...times }
      const record = await backend.storedRecord()
      await backend.store({ ...record, version: record.version + 1, session })
      return session
    },
    intercept: (path, answer) => void intercepted.set(path, answer),
    sent: () => sandbox.tokenRequests.slice(begin).map(({ grantType }) => grantType),
  }
  return backend
}

function secretsIn(value: unknown): unknown[] {
  if (value instanceof CryptoKey) return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    /token|verifier/i.test(name) && inner ? [inner] : secretsIn(inner),
  )
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

/** What a listener of a tab is told from now on, such as `signed-in: renewed elsewhere`. */
export function listen(roambi: Roambi): string[] {
  const heard: string[] = []
  roambi.subscribe(({ status, reason, elsewhere }) => {
    heard.push(`${status}: ${reason}${elsewhere ? ' elsewhere' : ''}`)
  })
  return heard
}

/** A tab whose user signs out while the session is being stored. */
export function openHastyTab(backend: Backend): Roambi {
  const store = createIndexedDbStore(backend.storeKey)
  let isHasty = true
  const roambi = backend.openTab({
    store: {
      ...store,
      async update(change) {
        await store.update(change)
        const { session } = readRecord(await store.read())
        if (!isHasty || !session) return
        isHasty = false
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
