import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { RoambiAuthError } from '../src/errors.ts'
import { createSignedFetch, type TokenSource } from '../src/signed-fetch.ts'

interface Received {
  path: string | undefined
  authorization: string | undefined
  own: string | string[] | undefined
}

const session = { accessToken: 'token-1', signedInAt: 1 }
const renewed = { ...session, accessToken: 'token-2' }

const received: Received[] = []
let valid = session.accessToken
let next = renewed

/** Accepts one token, and refuses all others with a 401. */
const api = createServer((request, response) => {
  const { authorization, 'x-own': own } = request.headers
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('access-control-allow-headers', 'authorization, content-type, x-own')
  if (request.method === 'OPTIONS') return response.end()
  received.push({ path: request.url, authorization, own })
  response.statusCode = authorization === `Bearer ${valid}` ? 200 : 401
  response.end()
})
let origin = ''

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
const keeper: TokenSource = {
  session: async (rejected) => (rejected ? next : session),
}
const open = ({ toOrigin = origin, from = keeper } = {}) =>
  createSignedFetch({ origin: toOrigin, keeper: from, fetch: (...request) => fetch(...request) })

describe('the token', () => {
  it.each([
    ['text', (url: string) => url],
    ['a URL', (url: string) => new URL(url)],
    ['a Request', (url: string) => new Request(url)],
  ])('goes with a request given as %s', async (_, input) => {
    const response = await open()(input(`${origin}/1/user/resources`))
    expect(response.status).toBe(200)
    expect(received).toMatchObject([{ authorization: 'Bearer token-1' }])
  })

  it('goes with a path on the page’s own origin, if that is the API’s', async () => {
    const sent: Request[] = []
    const record = async (request: unknown) => {
      sent.push(request as Request)
      return new Response()
    }
    const options = { keeper, fetch: record as typeof fetch }
    await createSignedFetch({ ...options, origin: location.origin })('/1/jobs/1')
    await createSignedFetch({ ...options, origin })('/1/jobs/1')
    expect(sent.map(({ url }) => url)).toEqual(Array(2).fill(`${location.origin}/1/jobs/1`))
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer token-1',
      null,
    ])
  })

  it.each([
    ['host', 'https://localhost.example.com'],
    ['scheme', 'https://localhost'],
    ['port', 'http://localhost:1'],
  ])('does not go to another %s', async (_, toOrigin) => {
    await open({ toOrigin })(`${origin}/`)
    expect(received).toMatchObject([{ authorization: undefined }])
  })

  it.each([
    ['text', (url: string) => url],
    ['a URL', (url: string) => new URL(url)],
  ])('does not go with an address that names a user: %s', async (_, input) => {
    const address = `${origin.replace('//', '//user:secret@')}/`
    await expect(open()(input(address))).rejects.toThrow()
    await expect(open()(input(`${origin}@localhost:1/`))).rejects.toThrow()
    expect(received).toEqual([])
  })
})

describe("the caller's headers", () => {
  it.each(['init', 'Request'])('are kept, except Authorization: %s', async (place) => {
    const headers = { 'x-own': 'kept', authorization: 'Basic own' }
    const [url, init] = [`${origin}/`, { headers }]
    await (place === 'init' ? open()(url, init) : open()(new Request(url, init)))
    expect(received).toMatchObject([{ own: 'kept', authorization: 'Bearer token-1' }])
  })

  it('are kept when the request is sent again', async () => {
    valid = 'token-2'
    await open()(`${origin}/`, { headers: { 'x-own': 'kept' } })
    expect(received).toMatchObject([
      { own: 'kept', authorization: 'Bearer token-1' },
      { own: 'kept', authorization: 'Bearer token-2' },
    ])
  })

  it('are left alone on the way to another origin', async () => {
    const headers = { authorization: 'Basic own' }
    await open({ toOrigin: 'https://auth.example.com' })(`${origin}/`, { headers })
    expect(received).toMatchObject([{ authorization: 'Basic own' }])
  })
})

describe('a refused request', () => {
  it('is sent once more, and then handed over', async () => {
    valid = 'none'
    const response = await open()(`${origin}/`)
    expect(response.status).toBe(401)
    expect(received).toHaveLength(2)
  })

  it('is not sent again as another user', async () => {
    valid = 'token-2'
    next = { ...renewed, signedInAt: 2 }
    const response = await open()(`${origin}/`, { method: 'POST', body: '{"n":1}' })
    expect(response.status).toBe(401)
    expect(received).toHaveLength(1)
  })
})

describe('a call', () => {
  it('sends nothing when there is no token to be had', async () => {
    const closed = { session: () => Promise.reject(new RoambiAuthError('signed_out', 'Nobody.')) }
    const refused = open({ from: closed })(`${origin}/`)
    await expect(refused).rejects.toMatchObject({ code: 'signed_out' })
    expect(received).toEqual([])
  })

  it('that is aborted before asks for no token', async () => {
    let asked = 0
    const counting = {
      session: async () => {
        asked += 1
        return session
      },
    }
    const aborted = open({ from: counting })(`${origin}/`, { signal: AbortSignal.abort() })
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' })
    expect([asked, received]).toEqual([0, []])
  })

  it('that is aborted during a renewal leaves it to the others', async () => {
    valid = 'token-2'
    const controller = new AbortController()
    const ends: ((session: typeof renewed) => void)[] = []
    const shared = new Promise<typeof renewed>((resolve) => ends.push(resolve))
    const slow: TokenSource = {
      async session(rejected) {
        if (!rejected) return session
        // Once both wait for it.
        if (ends.push(() => {}) === 3) controller.abort()
        return shared
      },
    }
    const left = open({ from: slow })(`${origin}/`, { signal: controller.signal })
    const stays = open({ from: slow })(`${origin}/`)
    await expect(left).rejects.toMatchObject({ name: 'AbortError' })
    ends[0]?.(renewed)
    expect((await stays).status).toBe(200)
    expect(received).toHaveLength(3)
  })

  it('that is aborted with a reason rejects with it', async () => {
    const controller = new AbortController()
    const endless = { session: () => new Promise<never>(() => {}) }
    const call = open({ from: endless })(`${origin}/`, { signal: controller.signal })
    controller.abort(new Error('Changed my mind'))
    await expect(call).rejects.toThrow('Changed my mind')
  })
})
