// What the proxy is told when a user signs out (RFC 7009).

import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { RoambiAuthError } from '../src/errors.ts'
import { listen, useBackend } from './backend.ts'

const backend = useBackend()
const path = '/1/revoke'

afterEach(() => vi.restoreAllMocks())

describe('signing out revokes the refresh token', () => {
  it('in one plain form, when it is gone from the store', async () => {
    const arrived = noteRevocations()
    const roambi = backend.openTab()
    await backend.signIn(roambi)
    const { refreshToken: token } = await backend.stored()
    await roambi.logout()
    await vi.waitFor(() => expect(arrived).toHaveLength(1))
    expect(arrived[0]).toMatchObject({
      method: 'POST',
      type: expect.stringMatching(/^application\/x-www-form-urlencoded/),
      form: { token, token_type_hint: 'refresh_token', client_id: backend.sandbox.client.clientId },
      leftInStore: [],
    })
    const { cookie, authorization, dpop } = arrived[0]?.headers ?? {}
    expect([cookie, authorization, dpop]).toEqual([undefined, undefined, undefined])
  })

  it("with the app's own `fetch`, so that it survives the page and follows no redirect", async () => {
    const arrived = noteRevocations()
    const sent: [unknown, RequestInit | undefined][] = []
    const roambi = backend.openTab({
      fetch(input, init) {
        sent.push([input, init])
        return fetch(input, init)
      },
    })
    await backend.signIn(roambi)
    await roambi.logout()
    const [url, init] = sent.at(-1) ?? []
    expect(String(url)).toMatch(/\/1\/revoke$/)
    expect(init).toMatchObject({ keepalive: true, redirect: 'error', credentials: 'omit' })
    expect(init?.headers).toBeUndefined()
    await vi.waitFor(() => expect(arrived).toHaveLength(1))
  })

  it('once, when all tabs sign out at the same time, or since they hear of it', async () => {
    const arrived = noteRevocations()
    const tabs = [backend.openTab(), backend.openTab(), backend.openTab()] as const
    await backend.signIn(tabs[0])
    const [one, two, three] = tabs
    const heard = listen(three)
    await vi.waitFor(() => expect(heard.at(-1)).toBe('signed-in: loaded'))
    let following: Promise<void> | undefined
    three.subscribe(({ status }) => {
      if (status === 'signed-out') following ??= three.logout()
    })
    await Promise.all([one.logout(), one.logout(), two.logout()])
    await vi.waitFor(() => expect(following).toBeDefined())
    await following
    // Each sign-out has sent what it had to send by now; a sign-in takes longer than that.
    await backend.signIn(one)
    expect(arrived).toHaveLength(1)
  })

  it('where the session is in memory alone', async () => {
    const arrived = noteRevocations()
    const roambi = backend.openTab({ store: missingStore })
    await backend.signIn(roambi)
    await roambi.logout()
    await vi.waitFor(() => expect(arrived).toHaveLength(1))
    expect(arrived[0]?.form.token).toBeTruthy()
  })

  it('where the store could not be reached, which may still have it', async () => {
    const arrived = noteRevocations()
    const roambi = backend.openTab({ store: brokenStore() })
    await backend.signIn(roambi)
    await expect(roambi.logout()).rejects.toMatchObject({ code: 'storage_failed' })
    await vi.waitFor(() => expect(arrived).toHaveLength(1))
  })
})

describe('signing out sends nothing', () => {
  it('where there was no refresh token', async () => {
    await backend.signIn(backend.openTab())
    const session = { ...(await backend.stored()), refreshToken: undefined }
    await backend.store({ ...(await backend.storedRecord()), session })
    const { roambi, sent } = openNotedTab()
    await roambi.logout()
    expect(await backend.secrets()).toEqual([])
    expect(sent).toEqual([])
  })

  it('where nobody is signed in', async () => {
    const { roambi, sent } = openNotedTab()
    await roambi.logout()
    expect(sent).toEqual([])
  })
})

describe('signing out does not care how that went', () => {
  it('and waits for no answer', async () => {
    const arrived = noteRevocations(() => {})
    const roambi = backend.openTab()
    await backend.signIn(roambi)
    await roambi.logout()
    await vi.waitFor(() => expect(arrived).toHaveLength(1))
    expect(arrived[0]?.response.writableEnded).toBe(false)
  })

  it.each<[string, (response: ServerResponse) => void]>([
    [
      'refuses',
      (response) => void response.writeHead(400, cors).end('{"error":"invalid_request"}'),
    ],
    ['knows no such endpoint', (response) => void response.writeHead(404).end()],
    ['sends it elsewhere', (response) => void response.writeHead(307, { location: '/' }).end()],
    ['hangs up', (response) => void response.destroy()],
  ])('where the proxy %s', async (_, answer) => {
    const consoles = (['log', 'info', 'warn', 'error'] as const).map((name) =>
      vi.spyOn(console, name),
    )
    const { roambi, settled } = openNotedTab()
    const arrived = noteRevocations(answer)
    await backend.signIn(roambi)
    const heard = listen(roambi)
    await roambi.logout()
    await vi.waitFor(() => expect(settled).toHaveLength(1))
    expect(arrived).toHaveLength(1)
    expect(heard.slice(1)).toEqual(['signed-out: signed-out'])
    for (const told of consoles) expect(told).not.toHaveBeenCalled()
  })

  it.each<[string, typeof fetch]>([
    ['fails', () => Promise.reject(new TypeError('Failed to fetch'))],
    [
      'throws',
      () => {
        throw new TypeError('No.')
      },
    ],
    ['gives nothing', () => undefined as never],
  ])('where `fetch` %s', async (_, failing) => {
    const roambi = backend.openTab({
      fetch: (input, init) => (isRevocation(input) ? failing(input, init) : fetch(input, init)),
    })
    await backend.signIn(roambi)
    const heard = listen(roambi)
    await roambi.logout()
    expect(heard.slice(1)).toEqual(['signed-out: signed-out'])
    expect(await backend.secrets()).toEqual([])
  })
})

const cors = { 'access-control-allow-origin': '*' }
const ok = (response: ServerResponse) => void response.writeHead(200, cors).end()

/** What has arrived at the revocation endpoint, and what the store had then. */
function noteRevocations(answer: (response: ServerResponse) => void = ok) {
  const arrived: {
    method: string | undefined
    type: string | undefined
    headers: IncomingMessage['headers']
    form: Record<string, string>
    leftInStore: unknown[]
    response: ServerResponse
  }[] = []
  backend.intercept(path, async (request, response) => {
    // happy-dom asks before each request to another origin; browsers do not, where it is a plain form.
    if (request.method === 'OPTIONS') return ok(response)
    const leftInStore = await backend.secrets()
    const form = Object.fromEntries(new URLSearchParams(await text(request)))
    const { method, headers } = request
    arrived.push({ method, type: headers['content-type'], headers, form, leftInStore, response })
    answer(response)
  })
  return arrived
}

function isRevocation(input: RequestInfo | URL): boolean {
  return new URL(input instanceof Request ? input.url : input).pathname === path
}

/** A tab that notes its requests to the revocation endpoint, and when they are over. */
function openNotedTab() {
  const sent: string[] = []
  const settled: string[] = []
  const roambi = backend.openTab({
    async fetch(input, init) {
      if (!isRevocation(input)) return fetch(input, init)
      sent.push(path)
      return fetch(input, init).finally(() => settled.push(path))
    },
  })
  return { roambi, sent, settled }
}

const missing = async () => {
  throw new RoambiAuthError('storage_failed', 'There is none.')
}
const missingStore = { read: missing, update: missing, remove: missing }

/** Works until it has a session, and never again. */
function brokenStore() {
  let stored: unknown
  let isBroken = false
  return {
    read: async () => stored,
    async update(change: (record: unknown) => unknown) {
      if (isBroken) throw new DOMException('Closed.', 'InvalidStateError')
      stored = change(stored)
      isBroken = Boolean((stored as { session?: unknown }).session)
    },
    async remove() {
      throw new DOMException('Closed.', 'InvalidStateError')
    },
  }
}
