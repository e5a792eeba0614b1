// @vitest-environment node
// With Node's `fetch`, which streams bodies and follows redirects as the standard says.

import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createApi } from '../src/api.ts'
import { createSignedFetch } from '../src/signed-fetch.ts'
import { createJumpingClock } from './jumping-clock.ts'

interface Received {
  authorization: string | undefined
  type: string | undefined
  body: string
}

const received: Received[] = []
let status = 401
let redirect: string | undefined
let origin = ''
let elsewhere = ''

/** Answers `status` to the first request, then 200. */
const api = createServer(async (request, response) => {
  await receive(request)
  if (redirect) return response.writeHead(307, { location: redirect }).end()
  response.writeHead(received.length === 1 ? status : 200).end()
})
/** Another server, which always refuses. */
const other = createServer(async (request, response) => {
  await receive(request)
  response.writeHead(401).end()
})

async function receive(request: IncomingMessage): Promise<void> {
  const { authorization, 'content-type': type } = request.headers
  let body = ''
  for await (const chunk of request) body += chunk
  received.push({ authorization, type, body })
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

beforeAll(async () => {
  origin = await listen(api)
  elsewhere = await listen(other)
})
afterAll(() => {
  for (const server of [api, other]) server.closeAllConnections()
  api.close()
  other.close()
})
beforeEach(() => {
  received.length = 0
  status = 401
  redirect = undefined
})

const keeper = {
  session: async (rejected?: string) => ({
    accessToken: rejected ? 'token-2' : 'token-1',
    signedInAt: 1,
  }),
}
const open = () => createSignedFetch({ origin, keeper, fetch, clock: createJumpingClock() })
const form = () => {
  const data = new FormData()
  data.set('upload', new File(['{"n":1}'], 'n.json'))
  return data
}
const stream = () => new Blob(['{"n":1}']).stream()
const streamed = () => ({ method: 'POST', body: stream(), duplex: 'half' }) as RequestInit

describe.each([401, 503])('after %i', (first) => {
  beforeEach(() => {
    status = first
  })

  it.each([
    ['text', () => '{"n":1}'],
    ['a Blob', () => new Blob(['{"n":1}'], { type: 'application/json' })],
    ['bytes', () => new TextEncoder().encode('{"n":1}')],
    ['parameters', () => new URLSearchParams({ n: '1' })],
    ['a form', form],
  ])('%s is sent again as it was', async (_, body) => {
    const response = await open()(`${origin}/`, { method: 'POST', body: body() })
    expect(response.status).toBe(200)
    const [one, two] = received
    expect(one?.body).toMatch(/"n":1|n=1/)
    expect([two?.type, two?.body]).toEqual([one?.type, one?.body])
  })

  it('a Request is sent again as it was', async () => {
    const response = await open()(new Request(`${origin}/`, { method: 'PUT', body: '{"n":1}' }))
    expect(response.status).toBe(200)
    expect(received.map(({ body }) => body)).toEqual(['{"n":1}', '{"n":1}'])
  })

  it('a stream is sent once', async () => {
    const response = await open()(`${origin}/`, streamed())
    expect(response.status).toBe(first)
    expect(received).toMatchObject([{ authorization: 'Bearer token-1', body: '{"n":1}' }])
  })

  it('a stream is sent again by ky, from its copy', async () => {
    const api = createApi({ apiUrl: origin, fetch: open() })
    const response = await api.put('', { body: stream() })
    expect(response.status).toBe(200)
    expect(received.map(({ body }) => body)).toEqual(['{"n":1}', '{"n":1}'])
  })

  it('a stream in a Request is sent again from a copy', async () => {
    const response = await open()(new Request(`${origin}/`, streamed()))
    expect(response.status).toBe(200)
    expect(received.map(({ body }) => body)).toEqual(['{"n":1}', '{"n":1}'])
  })
})

describe('a stream', () => {
  it('is not copied: who ends what is sent ends the stream', async () => {
    let isEnded = false
    const endless = new ReadableStream({
      cancel() {
        isEnded = true
      },
    })
    const refuse = async (request: unknown) => {
      await (request as Request).body?.cancel()
      return new Response(null, { status: 503 })
    }
    const signedFetch = createSignedFetch({ origin, keeper, fetch: refuse as typeof fetch })
    const init = { method: 'POST', body: endless, duplex: 'half' } as RequestInit
    await signedFetch(`${origin}/`, init)
    expect(isEnded).toBe(true)
  })
})

describe('a redirect', () => {
  it('to another origin leaves the token behind, and its 401 renews nothing', async () => {
    redirect = `${elsewhere}/`
    const response = await open()(`${origin}/`)
    expect([response.status, response.url]).toEqual([401, `${elsewhere}/`])
    expect(received.map(({ authorization }) => authorization)).toEqual([
      'Bearer token-1',
      undefined,
    ])
  })
})

describe('an address', () => {
  it('is the one of the call, whatever becomes of the URL', async () => {
    const url = new URL(`${origin}/`)
    const call = open()(url)
    url.href = `${elsewhere}/`
    expect((await call).url).toBe(`${origin}/`)
  })
})
