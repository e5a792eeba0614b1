// Tabs of an app that can sign in, with a popup that the test plays.

import 'fake-indexeddb/auto'
import { createStore, del, get, update } from 'idb-keyval'
import { vi } from 'vitest'
import { deliverCallback } from '../src/callback-delivery.ts'
import { createCallbackInbox } from '../src/callback-inbox.ts'
import { systemClock } from '../src/clock.ts'
import { createLogin, type LoginEdges } from '../src/login.ts'
import { createPendingLogins } from '../src/pending-logins.ts'
import type { Session } from '../src/session.ts'
import type { SessionStore } from '../src/session-store.ts'
import { createHandClock, type HandClock } from './hand-clock.ts'

const database = createStore('roambi-auth', 'sessions')

/** A record in IndexedDB, which all tabs of a test share. */
export const sharedStore: SessionStore = {
  read: () => get('logins', database),
  update: (change) => update('logins', change, database),
  remove: () => del('logins', database),
}

export const session: Session = { signedInAt: 1, renewedAt: 2, expiresAt: 3 }
export const issuer = 'https://auth.example.com'
export const callbackPage = 'http://localhost:5173/callback.html'

/** The states of the sign-ins that wait for their answers. */
export async function pendingStates(): Promise<string[]> {
  const all = (await sharedStore.read()) ?? []
  return (all as { request: { state: string } }[]).map(({ request }) => request.state)
}

/** A tab, with all that it was told and has sent. */
export function openTab(edges: Partial<LoginEdges> & { store?: SessionStore } = {}) {
  const over = new AbortController()
  const life = over.signal
  const clock = (edges.clock ?? createHandClock()) as HandClock
  const told: string[] = []
  const finish = vi.fn<LoginEdges['finish']>(async () => session)
  const pending = createPendingLogins(edges.store ?? sharedStore, clock)
  const { login, cancel, resume } = createLogin({
    authorizeUrl: `${issuer}/1/authorize`,
    clientId: 'client-1',
    redirectUri: () => callbackPage,
    issuer,
    pending,
    inbox: createCallbackInbox({ life, clock }),
    clock,
    life,
    finish,
    signedInElsewhere: () => new Promise(() => {}),
    onProgress: (next) => told.push(next.error?.code ?? next.status),
    hasFocus: () => false,
    ...edges,
  })
  return { login, cancel, resume, dispose: () => over.abort(), clock, pending, finish, told }
}

/** The next window that a page opens. */
export function expectPopup() {
  const replace = vi.fn<(url: string) => void>()
  const popup = {
    closed: false,
    focus: vi.fn(),
    close: vi.fn(() => {
      popup.closed = true
    }),
    location: { replace },
    /** Where it has been sent to sign in. */
    async address(): Promise<URL> {
      await vi.waitFor(() => {
        if (replace.mock.calls.length === 0) throw new Error('It was not sent anywhere.')
      })
      return new URL(replace.mock.lastCall?.[0] ?? '')
    },
    /** The user has signed in, or not: the callback page is opened with `query`. */
    async comeBack(query = 'code=abc', clock = systemClock) {
      const state = (await popup.address()).searchParams.get('state') ?? ''
      return { taken: deliverCallback(answerTo(state, query), state, clock) }
    },
  }
  vi.spyOn(globalThis, 'open').mockImplementation(() => popup as unknown as Window)
  return popup
}

/** The callback page's address. */
export function answerTo(state: string, query = 'code=abc'): string {
  return `${callbackPage}?state=${state}&iss=${issuer}&${query}`
}
