import { expect, it } from 'vitest'
import { useBackend } from './backend.ts'

const backend = useBackend()
/** What the server lets through. */
const limit = 15

// Without Web Locks, as here, each tab looks every half second whether it is its turn.
const patience = 30_000

it(
  'twenty tabs renew at once where the server would refuse the sixteenth request',
  async () => {
    let asked = 0
    const limitedFetch: typeof fetch = async (...request) => {
      asked += 1
      return asked > limit ? new Response('Too many.', { status: 429 }) : fetch(...request)
    }
    await backend.signIn(backend.openTab())
    const tabs = Array.from({ length: 20 }, () => backend.openTab({ fetch: limitedFetch }))
    const [old] = await Promise.all(tabs.map((tab) => tab.getAccessToken()))
    const renewed = await Promise.all(tabs.map((tab) => tab.getAccessToken({ rejected: old })))
    expect(new Set(renewed).size).toBe(1)
    expect(renewed[0]).not.toBe(old)
    expect(backend.sent()).toEqual(['authorization_code', 'refresh_token'])
  },
  patience,
)
