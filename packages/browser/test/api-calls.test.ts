// @vitest-environment node
// Against the sandbox behind the proxy. Nobody waits here: the clock jumps.

import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RoambiAuthError } from '../src/errors.ts'
import { createSignedFetch } from '../src/signed-fetch.ts'
import { useApiBackend } from './api-backend.ts'
import { createJumpingClock } from './jumping-clock.ts'

const backend = useApiBackend()
const get = (signedFetch: typeof fetch, init?: RequestInit) =>
  signedFetch(`${backend.apiUrl}user/resources`, init)
const publish = (signedFetch: typeof fetch, title: string) =>
  signedFetch(backend.contentsUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ title }),
  })

describe('a refused token', () => {
  it('is renewed, and the request sent once more', async () => {
    backend.sandbox.expireAccessTokens()
    const response = await publish(backend.openFetch(), 'Renewed')
    expect(response.status).toBe(202)
    expect(backend.received()).toEqual(['POST 401', 'POST 202'])
    expect(backend.keeper.renewals).toBe(1)
  })

  it('that is an older one is replaced without a renewal', async () => {
    const { accessToken: old } = await backend.keeper.session()
    backend.sandbox.expireAccessTokens()
    const inTime = backend.openFetch()
    let isLate = false
    const late = createSignedFetch({
      origin: new URL(backend.apiUrl).origin,
      keeper: backend.keeper,
      async fetch(...request) {
        const response = await fetch(...request)
        // The session is renewed for another call while this answer is on its way.
        if (!isLate) await get(inTime)
        isLate = true
        return response
      },
    })
    expect((await get(late)).status).toBe(200)
    expect((await backend.keeper.session()).accessToken).not.toBe(old)
    expect(backend.received()).toEqual(['GET 401', 'GET 401', 'GET 200', 'GET 200'])
    expect(backend.keeper.renewals).toBe(1)
  })

  it('that is refused again is handed over', async () => {
    const refusal = { status: 401, contentType: 'application/json', body: '{"error":"x"}' }
    backend.sandbox.failNext(refusal, { on: 'api', times: 2 })
    const response = await get(backend.openFetch())
    expect([response.status, await response.json()]).toEqual([401, { error: 'x' }])
    expect(backend.received()).toEqual(['GET 401', 'GET 401'])
  })

  it('is not what a disabled account is', async () => {
    backend.sandbox.set({ accountDisabled: true })
    const response = await get(backend.openFetch())
    expect(response.bodyUsed).toBe(false)
    expect([response.status, await response.json()]).toMatchObject([
      401,
      { error: 'disabled_account' },
    ])
    expect(backend.received()).toEqual(['GET 401'])
    expect(backend.keeper.renewals).toBe(0)
  })
})

describe('the rate limit', () => {
  it.each([503, 403] as const)('is waited for, also with a POST: %i', async (rateLimitStatus) => {
    backend.sandbox.set({ rateLimit: 1, rateLimitStatus })
    const clock = createJumpingClock(() => {
      if (clock.waits.length === 2) backend.sandbox.set({ rateLimit: 100 })
    })
    const response = await publish(backend.openFetch(clock), `Over ${rateLimitStatus}`)
    expect(response.status).toBe(202)
    const over = `POST ${rateLimitStatus}`
    expect(backend.received()).toEqual([over, over, 'POST 202'])
    expect(clock.waits).toEqual([1000, 2000])
  })

  it.each([503, 403] as const)('is handed over after three waits: %i', async (rateLimitStatus) => {
    backend.sandbox.set({ rateLimit: 1, rateLimitStatus })
    const clock = createJumpingClock()
    const response = await get(backend.openFetch(clock))
    expect([response.status, response.bodyUsed]).toEqual([rateLimitStatus, false])
    expect(await response.text()).toMatch(/rate limit exceeded/i)
    expect(backend.received()).toEqual(Array(4).fill(`GET ${rateLimitStatus}`))
    expect(clock.waits).toEqual([1000, 2000, 3000])
  })

  it('is another matter than a portal that is closed', async () => {
    const url = backend.contentsUrl.replace('media', 'partners')
    const response = await backend.openFetch(createJumpingClock())(url)
    expect([response.status, await response.json()]).toMatchObject([
      403,
      { error: 'access_denied' },
    ])
    expect(backend.received()).toEqual(['GET 403'])
  })

  it('lets a renewed token through', async () => {
    backend.sandbox.set({ rateLimit: 1 })
    const { accessToken } = await backend.keeper.session()
    const clock = createJumpingClock(() => backend.keeper.session(accessToken))
    expect((await get(backend.openFetch(clock))).status).toBe(200)
    expect(backend.received()).toEqual(['GET 503', 'GET 200'])
  })

  it('is not waited for as another user', async () => {
    backend.sandbox.set({ rateLimit: 1 })
    const clock = createJumpingClock(() => backend.keeper.replace())
    const response = await get(backend.openFetch(clock))
    expect(await response.json()).toMatchObject({ error: 'service_unavailable' })
    expect(backend.received()).toEqual(['GET 503'])
  })

  it('is not waited for once the user has signed out', async () => {
    backend.sandbox.set({ rateLimit: 1 })
    let isOut = false
    const keeper = {
      session: async () => {
        if (isOut) throw new RoambiAuthError('signed_out', 'Nobody is signed in.')
        return backend.keeper.session()
      },
    }
    const clock = createJumpingClock(() => {
      isOut = true
    })
    const origin = new URL(backend.apiUrl).origin
    const refused = get(createSignedFetch({ origin, keeper, fetch, clock }))
    await expect(refused).rejects.toMatchObject({ code: 'signed_out' })
    expect(backend.received()).toEqual(['GET 503'])
  })

  it('is left at once when the call is aborted', async () => {
    backend.sandbox.set({ rateLimit: 1 })
    const controller = new AbortController()
    const clock = createJumpingClock(() => {
      controller.abort()
      return new Promise(() => {})
    })
    const aborted = get(backend.openFetch(clock), { signal: controller.signal })
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' })
    expect(clock.waits).toEqual([1000])
    expect(backend.received()).toEqual(['GET 503'])
  })
})

describe('a fault of the API', () => {
  it('is waited for as long as the answer says', async () => {
    const busy = { status: 503, headers: { 'retry-after': '20' } }
    backend.sandbox.failNext(busy, { on: 'api' })
    const clock = createJumpingClock()
    expect((await get(backend.openFetch(clock))).status).toBe(200)
    expect(clock.waits).toEqual([20_000])
  })

  it.each([
    ['GET', 504, 200],
    ['POST', 504, 504],
  ])('with a %s: %i', async (method, fault, status) => {
    backend.sandbox.failNext(fault, { on: 'api' })
    const signedFetch = backend.openFetch(createJumpingClock())
    const response = method === 'GET' ? get(signedFetch) : publish(signedFetch, 'Late')
    expect((await response).status).toBe(status)
  })

  it('does not carry a POST out twice', async () => {
    backend.sandbox.failNext('drop-answer', { on: 'api' })
    const response = await publish(backend.openFetch(createJumpingClock()), 'Lost')
    expect(response.status).toBe(502)
    expect(backend.received()).toEqual(['POST 202'])
  })

  it('is no obstacle to a GET whose connection broke off', async () => {
    backend.sandbox.failNext('reset', { on: 'api' })
    const clock = createJumpingClock()
    expect((await get(backend.openFetch(clock))).status).toBe(200)
    expect(clock.waits).toEqual([5000])
  })
})

describe('a refusal that does not come to its end', () => {
  const keeper = { session: async () => ({ accessToken: 'token', signedInAt: 1 }) }
  let goOn = (_response: ServerResponse) => {}
  /** Begins a refusal, and leaves it to the test how it goes on. */
  const api = createServer((_, response) => {
    response.writeHead(401, { 'content-type': 'application/json' })
    response.write('{"error":')
    goOn(response)
  })
  let origin = ''

  beforeAll(async () => {
    await new Promise<void>((resolve) => api.listen(0, 'localhost', resolve))
    origin = `http://localhost:${(api.address() as AddressInfo).port}`
  })
  afterAll(() => {
    api.closeAllConnections()
    api.close()
  })

  it('keeps nobody who leaves', async () => {
    const controller = new AbortController()
    // Once the headers are there, and the rest is waited for.
    const fetchThenLeave = async (...request: Parameters<typeof fetch>) => {
      const response = await fetch(...request)
      setImmediate(() => controller.abort(new Error('Changed my mind')))
      return response
    }
    goOn = () => {}
    const signedFetch = createSignedFetch({ origin, keeper, fetch: fetchThenLeave })
    const call = signedFetch(`${origin}/`, { signal: controller.signal })
    await expect(call).rejects.toThrow('Changed my mind')
  })

  it('is a fault of the network', async () => {
    goOn = (response) => setImmediate(() => response.destroy())
    const signedFetch = createSignedFetch({ origin, keeper, fetch })
    await expect(signedFetch(`${origin}/`)).rejects.toThrow(TypeError)
  })
})
