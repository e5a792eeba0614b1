import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createDpopKey } from '../src/dpop-key.ts'
import { RoambiAuthError } from '../src/errors.ts'
import type { StoredSession } from '../src/session.ts'
import { createSignedFetch } from '../src/signed-fetch.ts'

interface Received {
  authorization: string | undefined
  method: string | undefined
  body: string
}

const session: StoredSession = {
  accessToken: 'token-1',
  refreshToken: undefined,
  dpopKey: await createDpopKey(),
  signedInAt: 1,
  renewedAt: 1,
  expiresAt: 2,
}
const renewed: StoredSession = { ...session, accessToken: 'token-2' }

const received: Received[] = []
let valid = session.accessToken
let next = renewed

/** Accepts one token, and refuses all others with a 401. */
const api = createServer(async (request, response) => {
  const { authorization } = request.headers
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('access-control-allow-headers', 'authorization, content-type, x-own')
  if (request.method === 'OPTIONS') return response.end()
  received.push({ authorization, method: request.method, body: await textOf(request) })
  response.statusCode = authorization === `Bearer ${valid}` ? 200 : 401
  response.end(request.headers['x-own'] ?? 'none')
})
let origin = ''

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

beforeAll(async () => {
  await new Promise<void>((resolve) => api.listen(0, 'localhost', resolve))
  origin = `http://localhost:${(api.address() as AddressInfo).port}`
})
afterAll(() => api.close())
beforeEach(() => {
  received.length = 0
  valid = session.accessToken
  next = renewed
})

/** Hands out `session`, and `next` when that is rejected. */
const keeper = {
  session: async (rejected?: string) => (rejected ? next : session),
}
const signedFetch = (toOrigin = origin) =>
  createSignedFetch({ origin: toOrigin, keeper, fetch: (...request) => fetch(...request) })

describe('a signed fetch', () => {
  it.each([
    ['text', (url: string) => url],
    ['a URL', (url: string) => new URL(url)],
    ['a Request', (url: string) => new Request(url)],
  ])('signs a request given as %s', async (_, input) => {
    const response = await signedFetch()(input(`${origin}/1/user/resources`))
    expect(response.status).toBe(200)
    expect(received).toMatchObject([{ authorization: 'Bearer token-1' }])
  })

  it("keeps the caller's headers", async () => {
    const response = await signedFetch()(`${origin}/`, { headers: { 'x-own': 'kept' } })
    expect(await response.text()).toBe('kept')
  })

  it('sends no token to another origin', async () => {
    await signedFetch('https://auth.example.com')(`${origin}/`)
    expect(received).toMatchObject([{ authorization: undefined }])
  })

  it('repeats a refused request with another token and the same body', async () => {
    valid = 'token-2'
    const response = await signedFetch()(`${origin}/`, { method: 'POST', body: '{"n":1}' })
    expect(response.status).toBe(200)
    expect(received).toEqual([
      { authorization: 'Bearer token-1', method: 'POST', body: '{"n":1}' },
      { authorization: 'Bearer token-2', method: 'POST', body: '{"n":1}' },
    ])
  })

  it('hands a second 401 over as it is', async () => {
    valid = 'none'
    const response = await signedFetch()(`${origin}/`)
    expect(response.status).toBe(401)
    expect(received).toHaveLength(2)
  })

  it('is not sent again as another user', async () => {
    valid = 'token-2'
    next = { ...renewed, signedInAt: 2 }
    const response = await signedFetch()(`${origin}/`, { method: 'POST', body: '{"n":1}' })
    expect(response.status).toBe(401)
    expect(received).toHaveLength(1)
  })

  it.each(['before', 'during'])('lets its caller go when aborted %s a renewal', async (when) => {
    const controller = new AbortController()
    const endless = { session: () => new Promise<never>(() => {}) }
    const waiting = createSignedFetch({ origin, keeper: endless, fetch })
    if (when === 'before') controller.abort()
    const request = waiting(`${origin}/`, { signal: controller.signal })
    controller.abort()
    await expect(request).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('sends nothing when there is no token to be had', async () => {
    const noSession = () => Promise.reject(new RoambiAuthError('signed_out', 'Nobody is in.'))
    const closed = createSignedFetch({ origin, keeper: { session: noSession }, fetch })
    await expect(closed(`${origin}/`)).rejects.toMatchObject({ code: 'signed_out' })
    expect(received).toEqual([])
  })

  it('sends nothing once its signal is aborted', async () => {
    const request = signedFetch()(`${origin}/`, { signal: AbortSignal.abort() })
    await expect(request).rejects.toMatchObject({ name: 'AbortError' })
    expect(received).toEqual([])
  })
})
