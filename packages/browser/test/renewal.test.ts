import { describe, expect, it, vi } from 'vitest'
import { listen, nameOfUser, renew, useBackend } from './backend.ts'

const backend = useBackend()

describe('renewal', () => {
  it('follows a 401 once for any number of calls, and repeats them', async () => {
    const roambi = backend.openTab()
    await backend.signIn(roambi)
    backend.sandbox.expireAccessTokens()
    const names = await Promise.all(Array.from({ length: 5 }, () => nameOfUser(roambi)))
    expect(names).toEqual(Array(5).fill('Joan Harris'))
    expect(backend.sent()).toEqual(['authorization_code', 'refresh_token'])
  })

  it('comes before a call when the token is about to end', async () => {
    const roambi = backend.openTab()
    await backend.signIn(roambi)
    const session = await backend.ageSession()
    const other = backend.openTab()
    const token = await other.getAccessToken()
    expect(token).not.toBe(session.accessToken)
    expect(backend.sent()).toEqual(['authorization_code', 'refresh_token'])
  })

  it('with the same token and a new lifetime is told too', async () => {
    const roambi = backend.openTab()
    await backend.signIn(roambi)
    const heard = listen(roambi)
    const { accessToken, expiresAt } = await backend.ageSession()
    const body = JSON.stringify({ access_token: accessToken, expires_in: 60 })
    backend.sandbox.failNext({ status: 200, contentType: 'application/json', body })
    await renew(roambi)
    await vi.waitFor(() => expect(heard.at(-1)).toBe('signed-in: renewed'))
    expect(roambi.getSnapshot().expiresAt).toBeGreaterThan(expiresAt)
  })

  it('that could not be stored at once is not lost', async () => {
    backend.sandbox.set({ rotation: 'strict' })
    const roambi = backend.openTab()
    await backend.signIn(roambi)
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(() => {
      throw new DOMException('Busy', 'UnknownError')
    })
    await renew(roambi)
    await renew(roambi)
    expect(await nameOfUser(roambi)).toBe('Joan Harris')
  })

  it('is told once, by what it was', async () => {
    const [one, two] = [backend.openTab(), backend.openTab()]
    await backend.signIn(one)
    const heard = [listen(one), listen(two)]
    await vi.waitFor(() => expect(heard[1]?.at(-1)).toBe('signed-in: loaded'))
    await renew(one)
    await vi.waitFor(() => expect(heard[1]?.at(-1)).toBe('signed-in: renewed elsewhere'))
    expect(heard).toEqual([
      ['signed-in: sign-in-ended', 'signed-in: renewed'],
      ['loading: created', 'signed-in: loaded', 'signed-in: renewed elsewhere'],
    ])
  })

  it('goes on when an answer of Roambi has no refresh token', async () => {
    const roambi = backend.openTab()
    await backend.signIn(roambi)
    const body = JSON.stringify({ access_token: '1/new', expires_in: 60, token_type: 'bearer' })
    backend.sandbox.failNext({ status: 200, contentType: 'application/json', body })
    expect(await renew(roambi)).toBe('1/new')
    await renew(roambi)
    expect(await nameOfUser(roambi)).toBe('Joan Harris')
  })

  it('keeps what a rotating upstream hands out', async () => {
    backend.sandbox.set({ rotation: 'strict' })
    const roambi = backend.openTab()
    await backend.signIn(roambi)
    const { refreshToken } = await backend.stored()
    for (let round = 0; round < 3; round++) await renew(roambi)
    expect((await backend.stored()).refreshToken).not.toBe(refreshToken)
  })

  it('gives a late 401 of an older token the present one without a request', async () => {
    const roambi = backend.openTab()
    await backend.signIn(roambi)
    const old = await roambi.getAccessToken()
    const renewed = await roambi.getAccessToken({ rejected: old })
    expect(await roambi.getAccessToken({ rejected: old })).toBe(renewed)
    expect(backend.sent()).toEqual(['authorization_code', 'refresh_token'])
  })

  it('is adopted by a tab that missed it', async () => {
    const [one, two] = [backend.openTab(), backend.openTab()]
    await backend.signIn(one)
    const old = await two.getAccessToken()
    const heard = listen(two)
    const renewed = await one.getAccessToken({ rejected: old })
    expect(await two.getAccessToken({ rejected: old })).toBe(renewed)
    expect(backend.sent()).toEqual(['authorization_code', 'refresh_token'])
    await vi.waitFor(() => expect(heard.at(-1)).toContain('elsewhere'))
  })

  it('repeats a POST with its body', async () => {
    const roambi = backend.openTab()
    await backend.signIn(roambi)
    const { accounts } = await roambi.api
      .get('user/resources')
      .json<{ resources: { accounts: [{ uid: string }] } }>()
      .then(({ resources }) => resources)
    backend.sandbox.expireAccessTokens()
    const path = `accounts/${accounts[0].uid}/portals/media/contents`
    const response = await roambi.api.post(path, { json: { title: 'Reach by week' } })
    expect(response.status).toBe(202)
  })
})

describe('the end of a session', () => {
  it('is a refused refresh token, and nothing else', async () => {
    const roambi = backend.openTab()
    await backend.signIn(roambi)
    const heard = listen(roambi)
    backend.sandbox.expireAccessTokens()
    backend.sandbox.revokeRefreshTokens()
    await expect(nameOfUser(roambi)).rejects.toMatchObject({ code: 'session_expired' })
    await vi.waitFor(() => expect(heard.at(-1)).toBe('expired: expired'))
    expect(await backend.secrets()).toEqual([])
  })

  it.each(['html', 'reset', 503, 429] as const)('is not an upstream fault: %s', async (fault) => {
    const roambi = backend.openTab()
    await backend.signIn(roambi)
    const token = await roambi.getAccessToken()
    const before = await backend.stored()
    backend.sandbox.failNext(fault, { on: 'token' })
    const refused = roambi.getAccessToken({ rejected: token })
    await expect(refused).rejects.toMatchObject({ code: 'server_error', retryable: true })
    expect(await backend.stored()).toEqual(before)
    dispatchEvent(new Event('online'))
    expect(await roambi.getAccessToken({ rejected: token })).not.toBe(token)
  })

  it.each([
    ['use_dpop_nonce', true],
    ['invalid_dpop_proof', false],
    ['invalid_client', false],
    ['invalid_request', false],
  ])('is not another refusal: %s', async (error, retryable) => {
    await backend.signIn(backend.openTab())
    const before = await backend.stored()
    const asked: string[] = []
    const headers = { 'dpop-nonce': 'always-another' }
    const refused = backend.openTab({
      async fetch(url) {
        asked.push(String(url))
        return Response.json({ error }, { status: 400, headers })
      },
    })
    await expect(renew(refused)).rejects.toMatchObject({ code: error, retryable })
    expect(asked).toHaveLength(error.includes('dpop') ? 2 : 1)
    expect(await backend.stored()).toEqual(before)
    expect(await nameOfUser(backend.openTab())).toBe('Joan Harris')
  })

  it('is not a network fault, and a token that is still good is handed out', async () => {
    const noNetwork: typeof fetch = () => Promise.reject(new TypeError('Failed to fetch'))
    await backend.signIn(backend.openTab())
    const session = await backend.ageSession()
    const offline = backend.openTab({ fetch: noNetwork })
    expect(await offline.getAccessToken()).toBe(session.accessToken)
    const refused = offline.getAccessToken({ rejected: session.accessToken })
    // Paused, or tried again where the pause is short: chance decides.
    await expect(refused).rejects.toMatchObject({ retryable: true })
    expect((await backend.stored()).refreshToken).toBe(session.refreshToken)
  })
})
