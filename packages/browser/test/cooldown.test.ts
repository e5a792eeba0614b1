// A server that is down is left alone for as long as it asks.

import { describe, expect, it, vi } from 'vitest'
import { nameOfUser, useBackend } from './backend.ts'

const backend = useBackend()

/** A tab whose renewal has just failed, and the requests that it has sent for that. */
async function failToRenew() {
  const token = await signIn()
  const down = vi.fn<typeof fetch>(async () => {
    return new Response('Down.', { status: 503, headers: { 'retry-after': '60' } })
  })
  // A page that is loaded after the failure is not bound by it: an answer may be lost for good soon.
  const [roambi, other] = [backend.openTab({ fetch: down }), backend.openTab({ fetch: down })]
  const renew = (tab = roambi) => tab.getAccessToken({ rejected: token })
  await expect(renew()).rejects.toMatchObject({ code: 'server_error' })
  expect(down).toHaveBeenCalledOnce()
  return { roambi, other, renew, down, token }
}

async function signIn(): Promise<string> {
  const roambi = backend.openTab()
  await backend.signIn(roambi)
  return roambi.getAccessToken()
}

const paused = { code: 'temporarily_unavailable', retryable: true }

describe('the pause after a renewal that failed', () => {
  it('is kept by fifty calls in a row, and fifty at once, of two tabs', async () => {
    const { roambi, other, renew, down } = await failToRenew()
    for (let call = 0; call < 50; call++) await expect(renew()).rejects.toMatchObject(paused)
    const tabs = Array.from({ length: 50 }, (_, call) => (call % 2 ? roambi : other))
    await Promise.all(tabs.map((tab) => expect(renew(tab)).rejects.toMatchObject(paused)))
    expect(down).toHaveBeenCalledOnce()
    expect(roambi.getSnapshot().status).toBe('signed-in')
  })

  it('tells how much of it is left, and ends in time', async () => {
    const { renew, down } = await failToRenew()
    const { retryAfter } = await renew().catch((error) => error)
    expect(retryAfter).toBeGreaterThan(50_000)
    expect(retryAfter).toBeLessThanOrEqual(60_000)
    const { failedAt = 0, pausedUntil = 0, ...record } = await backend.storedRecord()
    const minute = 60_000
    await backend.store({
      ...record,
      failedAt: failedAt - minute,
      pausedUntil: pausedUntil - minute,
    })
    await expect(renew()).rejects.toMatchObject({ code: 'server_error' })
    expect(down).toHaveBeenCalledTimes(2)
  })

  it('is that of one token: the next one, of another tab, ends it', async () => {
    const { roambi, renew, down, token } = await failToRenew()
    const next = await backend.openTab().getAccessToken({ rejected: token })
    expect(next).not.toBe(token)
    expect(await renew()).toBe(next)
    expect(down).toHaveBeenCalledOnce()
    const renewal = roambi.getAccessToken({ rejected: next })
    await expect(renewal).rejects.toMatchObject({ code: 'server_error' })
    expect(down).toHaveBeenCalledTimes(2)
  })

  it('ends with the session: who signs in again is served', async () => {
    const { roambi } = await failToRenew()
    await roambi.logout()
    const token = await signIn()
    const next = backend.openTab()
    expect(await next.getAccessToken({ rejected: token })).not.toBe(token)
    expect(await nameOfUser(next)).toBe('Joan Harris')
  })
})
