// The other side of the wire in these tests: the sandbox behind the proxy, both on real sockets.

import { createServer } from '@roambi-auth/proxy'
import { startSandbox } from '@roambi-auth/sandbox'
import { vi } from 'vitest'
import { createRoambi, type Roambi, type RoambiOptions } from '../src/index.ts'

const redirectUri = 'http://localhost:5173/callback.html'

export async function startBackend() {
  const sandbox = await startSandbox({ port: 0, redirectUri })
  const { clientId, clientSecret } = sandbox.client
  const proxy = createServer({
    clientId,
    clientSecret,
    apiUrl: sandbox.apiUrl,
    redirectUris: [redirectUri],
    allowedOrigins: ['http://localhost:5173'],
    logLevel: 'silent',
  })
  const proxyUrl = await proxy.listen({ port: 0, host: 'localhost' })
  return {
    sandbox,
    proxyUrl,
    /** A tab: tabs share one store, as they do in a browser. */
    openTab: (options: Partial<RoambiOptions> = {}): Roambi =>
      createRoambi({ clientId, proxyUrl, redirectUri, ...options }),
    async close() {
      await proxy.close()
      await sandbox.close()
    },
  }
}

/** Puts a user in front of the popup, who ends up on the callback page with `answer`'s query. */
export function userAnswers(answer: (authorizeUrl: URL) => Record<string, string>): void {
  const popup = {
    closed: false,
    focus: vi.fn(),
    close: vi.fn(() => {
      popup.closed = true
    }),
    location: {
      replace: vi.fn(async (address: string) => {
        const url = new URL(address)
        const state = url.searchParams.get('state') ?? ''
        const query = new URLSearchParams({ state, ...answer(url) })
        const { deliverCallback } = await import('../src/callback-channel.ts')
        await deliverCallback(`${redirectUri}?${query}`, state, 1000)
        popup.closed = true
      }),
    },
  }
  vi.spyOn(globalThis, 'open').mockImplementation(() => popup as unknown as Window)
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
