// A real API for the tests of API calls: the sandbox behind the proxy, and tokens that are Roambi's.

import { createServer } from '@roambi-auth/proxy'
import { type Sandbox, startSandbox } from '@roambi-auth/sandbox'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { Clock } from '../src/clock.ts'
import { createSignedFetch, type TokenSource } from '../src/signed-fetch.ts'

export interface ApiBackend {
  readonly sandbox: Sandbox
  /** The API behind the proxy, with a slash at its end. */
  readonly apiUrl: string
  readonly keeper: TestKeeper
  /** Where contents are published with `POST` and a `title`. */
  readonly contentsUrl: string
  openFetch(clock?: Clock): typeof fetch
  /** What reached the API in this test, such as `GET 200`. */
  received(): readonly string[]
}

/** Keeps a session as the real one does: a rejected token is renewed unless that has been done. */
export interface TestKeeper extends TokenSource {
  /** How often it was renewed. */
  readonly renewals: number
  /** Another user signs in. */
  replace(): Promise<void>
}

export function useApiBackend(): ApiBackend {
  let sandbox: Sandbox
  let proxy: ReturnType<typeof createServer>
  let keeper: TestKeeper
  let contentsUrl = ''
  let begin = 0

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0 })
    const { clientId, clientSecret } = sandbox.client
    proxy = createServer({
      clientId,
      clientSecret,
      apiUrl: sandbox.apiUrl,
      publicUrl: 'http://localhost:4001',
      redirectUris: ['http://localhost:5173/callback.html'],
      allowedOrigins: ['http://localhost:5173'],
      logLevel: 'silent',
    })
    await proxy.listen({ port: 0, host: 'localhost' })
  })
  afterAll(async () => {
    await proxy.close()
    await sandbox.close()
  })
  beforeEach(async () => {
    sandbox.set({ rateLimit: 100, rateLimitStatus: 503, accountDisabled: false })
    keeper = await createKeeper(sandbox)
    const account = await accountOf(backend)
    contentsUrl = `${backend.apiUrl}accounts/${account}/portals/media/contents`
    begin = sandbox.apiRequests.length
  })

  const backend: ApiBackend = {
    get sandbox() {
      return sandbox
    },
    get apiUrl() {
      return `${new URL(proxy.listeningOrigin).origin}/1/`
    },
    get keeper() {
      return keeper
    },
    get contentsUrl() {
      return contentsUrl
    },
    openFetch: (clock) =>
      createSignedFetch({
        origin: new URL(backend.apiUrl).origin,
        keeper,
        fetch: (...request) => fetch(...request),
        ...(clock && { clock }),
      }),
    received: () =>
      sandbox.apiRequests.slice(begin).map(({ method, status }) => `${method} ${status}`),
  }
  return backend
}

async function createKeeper(sandbox: Sandbox): Promise<TestKeeper> {
  const { clientId, clientSecret, redirectUri } = sandbox.client
  const client = { client_id: clientId, client_secret: clientSecret, redirect_uri: redirectUri }
  const ask = async (grant: Record<string, string>): Promise<TokenAnswer> => {
    const body = new URLSearchParams({ ...client, ...grant })
    return (await fetch(`${sandbox.apiUrl}/token`, { method: 'POST', body })).json()
  }
  const signIn = () => ask({ code: sandbox.issueCode() })

  let token = await signIn()
  let signedInAt = 1
  let renewals = 0
  return {
    get renewals() {
      return renewals
    },
    async session(rejected) {
      if (rejected === token.access_token) {
        const { refresh_token } = token
        token = await ask({ grant_type: 'refresh_token', refresh_token })
        renewals += 1
      }
      return { accessToken: token.access_token, signedInAt }
    },
    async replace() {
      token = await signIn()
      signedInAt += 1
    },
  }
}

interface TokenAnswer {
  access_token: string
  refresh_token: string
}

async function accountOf(backend: ApiBackend): Promise<string> {
  const response = await backend.openFetch()(`${backend.apiUrl}user/resources`)
  const { resources } = (await response.json()) as { resources: { accounts: [{ uid: string }] } }
  return resources.accounts[0].uid
}
