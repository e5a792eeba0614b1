// @vitest-environment node

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApi } from '../src/api.ts'
import { RoambiAuthError } from '../src/errors.ts'
import { useApiBackend } from './api-backend.ts'
import { createJumpingClock } from './jumping-clock.ts'

describe('against Roambi', () => {
  const backend = useApiBackend()
  const openApi = (clock = createJumpingClock()) =>
    createApi({ apiUrl: backend.apiUrl, fetch: backend.openFetch(clock) })
  const contentsPath = () => backend.contentsUrl.slice(backend.apiUrl.length)

  it('joins its base and a path', async () => {
    const { resources } = await openApi().get('user/resources').json<{ resources: object }>()
    expect(resources).toMatchObject({ name: 'Joan Harris' })
  })

  it('waits for the rate limit, and does not multiply it', async () => {
    backend.sandbox.set({ rateLimit: 1 })
    const clock = createJumpingClock()
    const refused = openApi(clock).get('user/resources')
    await expect(refused).rejects.toMatchObject({ response: { status: 503 } })
    expect(backend.received()).toEqual(Array(4).fill('GET 503'))
    expect(clock.waits).toHaveLength(3)
  })

  it('stops waiting when the call is aborted', async () => {
    backend.sandbox.set({ rateLimit: 1 })
    const controller = new AbortController()
    const clock = createJumpingClock(() => {
      controller.abort()
      return new Promise(() => {})
    })
    const aborted = openApi(clock).get('user/resources', { signal: controller.signal })
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' })
    expect(backend.received()).toEqual(['GET 503'])
  })

  it('renews the session, and sends JSON once more', async () => {
    backend.sandbox.expireAccessTokens()
    const response = await openApi().post(contentsPath(), { json: { title: 'By ky' } })
    expect(response.status).toBe(202)
    expect(backend.received()).toEqual(['POST 401', 'POST 202'])
  })

  it('hands a disabled account over, unread', async () => {
    backend.sandbox.set({ accountDisabled: true })
    const refusal = openApi().get('user/resources', { throwHttpErrors: false }).json()
    expect(await refusal).toMatchObject({ error: 'disabled_account' })
    expect(backend.received()).toEqual(['GET 401'])
  })

  it('renews the session, and sends a stream once more, from a copy', async () => {
    backend.sandbox.expireAccessTokens()
    const response = await openApi().post(contentsPath(), {
      headers: { 'content-type': 'application/json' },
      body: new Blob(['{"title":"A stream"}']).stream(),
    })
    expect(response.status).toBe(202)
    expect(backend.received()).toEqual(['POST 401', 'POST 202'])
    expect(backend.keeper.renewals).toBe(1)
  })
})

describe('what ky itself does again', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => void vi.useRealTimers())

  const networkFault = () => new TypeError('Failed to fetch')
  /** An API whose answers are these, in their order and then for ever the last one. */
  function openApi(...answers: (Error | number | Response)[]) {
    const asked: string[] = []
    const api = createApi({
      apiUrl: 'https://api.example.com/1/',
      async fetch(request) {
        const answer = answers[Math.min(asked.length, answers.length - 1)]
        asked.push((request as Request).method)
        if (answer instanceof Error) throw answer
        return answer instanceof Response ? answer : new Response(null, { status: answer ?? 200 })
      },
    })
    return { api, asked }
  }

  it.each([networkFault(), 408, 429, 500])('is a GET after %s', async (fault) => {
    const { api, asked } = openApi(fault, 200)
    const call = api.get('jobs/1')
    await vi.advanceTimersByTimeAsync(2000)
    expect((await call).status).toBe(200)
    expect(asked).toEqual(['GET', 'GET'])
  })

  it.each([502, 503, 504, 401, 403, new RoambiAuthError('signed_out', 'Nobody is signed in.')])(
    'is no GET after %s',
    async (fault) => {
      const { api, asked } = openApi(fault, 200)
      const refused = expect(api.get('jobs/1')).rejects.toThrow()
      await vi.advanceTimersByTimeAsync(2000)
      await refused
      expect(asked).toEqual(['GET'])
    },
  )

  it.each(['post', 'patch'] as const)('is no %s', async (method) => {
    const { api, asked } = openApi(networkFault(), 200)
    const refused = expect(api[method]('jobs/1', { json: {} })).rejects.toThrow('Failed to fetch')
    await vi.advanceTimersByTimeAsync(2000)
    await refused
    expect(asked).toHaveLength(1)
  })

  it('waits for half a minute at most', async () => {
    const headers = { 'retry-after': '3600' }
    const { api, asked } = openApi(new Response(null, { status: 429, headers }), 200)
    const call = api.get('jobs/1')
    await vi.advanceTimersByTimeAsync(30_000)
    expect((await call).status).toBe(200)
    expect(asked).toHaveLength(2)
  })

  it('leaves room for three waits of half a minute', async () => {
    const api = createApi({
      apiUrl: 'https://api.example.com/1/',
      fetch: () =>
        new Promise((resolve) => {
          setTimeout(() => resolve(new Response()), 119_000)
        }),
    })
    const call = api.get('jobs/1')
    await vi.advanceTimersByTimeAsync(119_000)
    expect((await call).status).toBe(200)
  })
})
