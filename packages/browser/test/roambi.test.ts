import 'fake-indexeddb/auto'
import { createStore, get, set } from 'idb-keyval'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Roambi, Session, SessionChange } from '../src/index.ts'
import { heldFetch, startBackend, userAnswers } from './backend.ts'

let backend: Awaited<ReturnType<typeof startBackend>>

beforeAll(async () => {
  backend = await startBackend()
})
afterAll(() => backend.close())

const store = createStore('roambi-auth', 'sessions')
const storeKey = () => `${backend.proxyUrl}/ ${backend.sandbox.client.clientId}`
const stored = () => get(storeKey(), store)

/** What listeners were told, as words. */
function listen(roambi: Roambi): string[] {
  const heard: string[] = []
  roambi.subscribe((session, change) => heard.push(words(session, change)))
  return heard
}

function words(session: Session | null | undefined, change: SessionChange | undefined): string {
  const state = session ? 'in' : session === null ? 'out' : 'unknown'
  return change ? `${state}: ${change.reason}${change.elsewhere ? ' elsewhere' : ''}` : state
}

async function signIn(roambi: Roambi): Promise<Session> {
  userAnswers(() => ({ code: backend.sandbox.issueCode() }))
  return roambi.login()
}

/** Makes the stored session nearly a day old. */
async function endsIn30s() {
  const now = Date.now()
  const aged = { ...(await stored()), renewedAt: now - 86_370_000, expiresAt: now + 30_000 }
  await set(storeKey(), aged, store)
  return aged
}

const sentSince = (mark: number) => backend.sandbox.tokenRequests.slice(mark)
const mark = () => backend.sandbox.tokenRequests.length
const me = (roambi: Roambi) =>
  roambi.api.get('user/resources').json<{ resources: { name: string } }>()

beforeEach(async () => {
  backend.sandbox.set({ latency: 0, rotation: 'off', tokenLifetime: 86_400 })
  await set(storeKey(), undefined, store)
})

describe('signing in', () => {
  it('redeems the code once and calls the API', async () => {
    const before = mark()
    const roambi = backend.openTab()
    const session = await signIn(roambi)
    expect(session.expiresAt - session.renewedAt).toBe(86_400_000)
    expect(roambi.session).toEqual(session)
    expect((await me(roambi)).resources.name).toBe('Joan Harris')
    expect(sentSince(before).map(({ grantType }) => grantType)).toEqual(['authorization_code'])
  })

  it('is remembered by the next page load', async () => {
    await signIn(backend.openTab())
    const reloaded = backend.openTab()
    expect(reloaded.session).toBeUndefined()
    const heard = listen(reloaded)
    await vi.waitFor(() => expect(heard).toEqual(['unknown', 'in: loaded']))
    expect((await me(reloaded)).resources.name).toBe('Joan Harris')
  })

  it('is told to the other tabs', async () => {
    const other = backend.openTab()
    const heard = listen(other)
    await vi.waitFor(() => expect(heard).toEqual(['unknown', 'out: loaded']))
    await signIn(backend.openTab())
    await vi.waitFor(() => expect(heard.at(-1)).toBe('in: signed-in elsewhere'))
  })

  it('stores nothing when the code is refused', async () => {
    const roambi = backend.openTab()
    userAnswers(() => ({ code: 'made-up' }))
    await expect(roambi.login()).rejects.toMatchObject({ code: 'invalid_grant', retryable: false })
    expect(await stored()).toBeUndefined()
  })

  it('stores nothing when the token endpoint fails, and sends the code once', async () => {
    const before = mark()
    backend.sandbox.failNext('html', { on: 'token' })
    await expect(signIn(backend.openTab())).rejects.toMatchObject({ code: 'server_error' })
    expect(sentSince(before)).toHaveLength(1)
    expect(await stored()).toBeUndefined()
  })
})

describe('nobody signed in', () => {
  it('fails an API call at once, without repeating it', async () => {
    const read = vi.fn(async () => undefined)
    const roambi = backend.openTab({ store: { read, update: async () => {} } })
    await expect(me(roambi)).rejects.toMatchObject({ code: 'signed_out' })
    expect(read).toHaveBeenCalledOnce()
    await expect(roambi.getAccessToken()).rejects.toMatchObject({ code: 'signed_out' })
  })

  it.each([null, 'undefined', 42, { accessToken: 7 }, { version: 2 }])(
    'is what a stored %j means',
    async (record) => {
      await set(storeKey(), record, store)
      const heard = listen(backend.openTab())
      await vi.waitFor(() => expect(heard.at(-1)).toBe('out: loaded'))
    },
  )
})

describe('renewal', () => {
  it('follows a 401 once for any number of calls, and repeats them', async () => {
    const roambi = backend.openTab()
    await signIn(roambi)
    const before = mark()
    backend.sandbox.expireAccessTokens()
    const answers = await Promise.all(Array.from({ length: 5 }, () => me(roambi)))
    expect(answers.map(({ resources }) => resources.name)).toEqual(Array(5).fill('Joan Harris'))
    expect(sentSince(before)).toHaveLength(1)
  })

  it('comes before a call when the token is about to end', async () => {
    const roambi = backend.openTab()
    await signIn(roambi)
    const session = await endsIn30s()
    const before = mark()
    const other = backend.openTab()
    const token = await other.getAccessToken()
    expect(token).not.toBe(session.accessToken)
    expect(sentSince(before)).toHaveLength(1)
  })

  it('is told once, by what it was', async () => {
    const [one, two] = [backend.openTab(), backend.openTab()]
    await signIn(one)
    const heard = [listen(one), listen(two)]
    await vi.waitFor(() => expect(heard[1]?.at(-1)).toBe('in: loaded'))
    await one.getAccessToken({ rejected: await one.getAccessToken() })
    await vi.waitFor(() => expect(heard[1]?.at(-1)).toBe('in: renewed elsewhere'))
    expect(heard).toEqual([
      ['in', 'in: renewed'],
      ['unknown', 'in: loaded', 'in: renewed elsewhere'],
    ])
  })

  it('keeps the refresh token when the answer has no new one', async () => {
    const roambi = backend.openTab()
    await signIn(roambi)
    const { refreshToken } = await stored()
    const body = JSON.stringify({ access_token: '1/new', expires_in: 60, token_type: 'bearer' })
    backend.sandbox.failNext({ status: 200, contentType: 'application/json', body })
    const token = await roambi.getAccessToken({ rejected: await roambi.getAccessToken() })
    expect(token).toBe('1/new')
    expect((await stored()).refreshToken).toBe(refreshToken)
  })

  it("sends the first code and its redirect URI along, as Roambi's guide does", async () => {
    const roambi = backend.openTab()
    await signIn(roambi)
    await roambi.getAccessToken({ rejected: await roambi.getAccessToken() })
    const { code, redirectUri, refreshToken } = await stored()
    expect(backend.sandbox.tokenRequests.at(-1)?.parameters).toMatchObject({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      code,
      redirect_uri: redirectUri,
    })
  })

  it('keeps what a rotating upstream hands out', async () => {
    backend.sandbox.set({ rotation: 'strict' })
    const roambi = backend.openTab()
    await signIn(roambi)
    const { refreshToken } = await stored()
    for (let round = 0; round < 3; round++) {
      await roambi.getAccessToken({ rejected: await roambi.getAccessToken() })
    }
    expect((await stored()).refreshToken).not.toBe(refreshToken)
  })

  it('gives a late 401 of an older token the present one without a request', async () => {
    const roambi = backend.openTab()
    await signIn(roambi)
    const old = await roambi.getAccessToken()
    const renewed = await roambi.getAccessToken({ rejected: old })
    const before = mark()
    expect(await roambi.getAccessToken({ rejected: old })).toBe(renewed)
    expect(sentSince(before)).toHaveLength(0)
  })

  it('is adopted by a tab that missed it', async () => {
    const [one, two] = [backend.openTab(), backend.openTab()]
    await signIn(one)
    const old = await two.getAccessToken()
    const heard = listen(two)
    const renewed = await one.getAccessToken({ rejected: old })
    const before = mark()
    expect(await two.getAccessToken({ rejected: old })).toBe(renewed)
    expect(sentSince(before)).toHaveLength(0)
    await vi.waitFor(() => expect(heard.at(-1)).toContain('elsewhere'))
  })

  it('repeats a POST with its body', async () => {
    const roambi = backend.openTab()
    await signIn(roambi)
    backend.sandbox.expireAccessTokens()
    const response = await roambi.api.post('echo', { json: { n: 1 }, throwHttpErrors: false })
    expect(response.status).not.toBe(401)
  })
})

describe('the end of a session', () => {
  it('is a refused refresh token, and nothing else', async () => {
    const roambi = backend.openTab()
    await signIn(roambi)
    const heard = listen(roambi)
    backend.sandbox.expireAccessTokens()
    backend.sandbox.revokeRefreshTokens()
    await expect(me(roambi)).rejects.toMatchObject({ code: 'session_expired' })
    await vi.waitFor(() => expect(heard.at(-1)).toBe('out: expired'))
    expect(await stored()).toBeUndefined()
  })

  it.each(['html', 'reset', 503, 429] as const)('is not an upstream fault: %s', async (fault) => {
    const roambi = backend.openTab()
    await signIn(roambi)
    const token = await roambi.getAccessToken()
    const before = await stored()
    backend.sandbox.failNext(fault, { on: 'token' })
    const refused = roambi.getAccessToken({ rejected: token })
    await expect(refused).rejects.toMatchObject({ code: 'server_error', retryable: true })
    expect(await stored()).toEqual(before)
    expect(await roambi.getAccessToken({ rejected: token })).not.toBe(token)
  })

  it('is not a network fault, and a token that is still good is handed out', async () => {
    const noNetwork: typeof fetch = () => Promise.reject(new TypeError('Failed to fetch'))
    await signIn(backend.openTab())
    const session = await endsIn30s()
    const offline = backend.openTab({ fetch: noNetwork })
    expect(await offline.getAccessToken()).toBe(session.accessToken)
    const refused = offline.getAccessToken({ rejected: session.accessToken })
    await expect(refused).rejects.toMatchObject({ code: 'network_error', retryable: true })
    expect((await stored()).refreshToken).toBe(session.refreshToken)
  })
})

describe('signing out', () => {
  it('forgets the session here and in the other tabs', async () => {
    const [one, two] = [backend.openTab(), backend.openTab()]
    await signIn(one)
    const heard = listen(two)
    await vi.waitFor(() => expect(heard.at(-1)).toBe('in: loaded'))
    const done = one.logout()
    expect(one.session).toBeNull()
    await done
    expect(await stored()).toBeUndefined()
    await vi.waitFor(() => expect(heard.at(-1)).toBe('out: signed-out elsewhere'))
  })

  it('is not undone by a renewal that comes back late', async () => {
    await signIn(backend.openTab())
    const { fetch, answered, letThrough } = heldFetch()
    const roambi = backend.openTab({ fetch })
    const renewal = roambi.getAccessToken({ rejected: await roambi.getAccessToken() })
    const refused = expect(renewal).rejects.toMatchObject({ code: 'signed_out' })
    await answered
    await roambi.logout()
    letThrough()
    await refused
    expect(roambi.session).toBeNull()
    expect(await stored()).toBeUndefined()
  })

  it('and in again is not undone by a renewal of the first session', async () => {
    await signIn(backend.openTab())
    const { fetch, answered, letThrough } = heldFetch()
    const roambi = backend.openTab({ fetch })
    const renewal = roambi.getAccessToken({ rejected: await roambi.getAccessToken() })
    await answered
    const other = backend.openTab()
    await other.logout()
    await signIn(other)
    const session = await stored()
    letThrough()
    expect(await renewal).toBe(session.accessToken)
    expect(await stored()).toEqual(session)
  })
})

it('tells no token to listeners and in broadcasts', async () => {
  const told: unknown[] = []
  const broadcasts = new BroadcastChannel(`roambi-auth session ${storeKey()}`)
  broadcasts.addEventListener('message', ({ data }) => told.push(data))
  const roambi = backend.openTab()
  roambi.subscribe((...news) => told.push(news))
  await signIn(roambi)
  await roambi.getAccessToken({ rejected: await roambi.getAccessToken() })
  const { accessToken, refreshToken, code } = await stored()
  await roambi.logout()
  await vi.waitFor(() => expect(told).toContainEqual({ reason: 'signed-out' }))
  broadcasts.close()
  for (const secret of [accessToken, refreshToken, code]) {
    expect(JSON.stringify(told)).not.toContain(secret)
  }
})
