import { describe, expect, it, vi } from 'vitest'
import { heldFetch, listen, openHastyTab, renew, useBackend } from './backend.ts'
import { userAnswers } from './popup.ts'

const backend = useBackend()

describe('signing out', () => {
  it('deletes the key with the session', async () => {
    const roambi = backend.openTab()
    await backend.signIn(roambi)
    expect(await backend.secrets()).not.toEqual([])
    await roambi.logout()
    expect(await backend.secrets()).toEqual([])
  })

  it('forgets the session here and in the other tabs', async () => {
    const [one, two] = [backend.openTab(), backend.openTab()]
    await backend.signIn(one)
    const heard = listen(two)
    await vi.waitFor(() => expect(heard.at(-1)).toBe('signed-in: loaded'))
    const done = one.logout()
    expect(one.getSnapshot()).toMatchObject({ status: 'signed-out', session: null })
    await done
    expect(await backend.secrets()).toEqual([])
    await vi.waitFor(() => expect(heard.at(-1)).toBe('signed-out: signed-out elsewhere'))
  })

  it('is not undone by a renewal that comes back late', async () => {
    const { roambi, refused, letThrough } = await startLateRenewal()
    await roambi.logout()
    letThrough()
    await refused
    expect(roambi.getSnapshot().session).toBeNull()
    expect(await backend.secrets()).toEqual([])
  })

  it('in the task of a renewal is told once, and the renewal gets no token', async () => {
    const roambi = backend.openTab()
    await backend.signIn(roambi)
    const heard = listen(roambi)
    const token = await roambi.getAccessToken()
    const renewal = roambi.getAccessToken({ rejected: token })
    const refused = expect(renewal).rejects.toMatchObject({ code: 'signed_out' })
    await roambi.logout()
    await refused
    expect(heard.slice(1)).toEqual(['signed-out: signed-out'])
    expect(await backend.secrets()).toEqual([])
  })

  it('while a renewal is being stored is told once, and the renewal gets no token', async () => {
    await backend.signIn(backend.openTab())
    const roambi = openHastyTab(backend)
    await roambi.getAccessToken()
    const heard = listen(roambi)
    await expect(renew(roambi)).rejects.toMatchObject({ code: 'signed_out' })
    expect(heard.slice(1)).toEqual(['signed-out: signed-out'])
    expect(await backend.secrets()).toEqual([])
  })

  it('and in again is not undone by a renewal of the first session, which gets no token of the second', async () => {
    const { refused, letThrough } = await startLateRenewal()
    const other = backend.openTab()
    await other.logout()
    await backend.signIn(other)
    const session = await backend.stored()
    letThrough()
    await refused
    expect(await backend.stored()).toEqual(session)
  })
})

/** A renewal whose answer is there but not handed over yet, and that is to come to nothing. */
async function startLateRenewal() {
  await backend.signIn(backend.openTab())
  const { fetch, answered, letThrough } = heldFetch()
  const roambi = backend.openTab({ fetch })
  const refused = expect(renew(roambi)).rejects.toMatchObject({ code: 'signed_out' })
  await answered
  return { roambi, refused, letThrough }
}

it('in one tab is not undone by a sign-in that another tab is just finishing', async () => {
  const { fetch, answered, letThrough } = heldFetch()
  const [one, two] = [backend.openTab(), backend.openTab({ fetch })]
  userAnswers(() => ({ code: backend.sandbox.issueCode() }))
  const refused = expect(two.login()).rejects.toMatchObject({ code: 'login_aborted' })
  await answered
  await one.logout()
  letThrough()
  await refused
  expect(await backend.secrets()).toEqual([])
  expect(two.getSnapshot().session).toBeNull()
})

it('tells a listener nothing once it has left', async () => {
  const roambi = backend.openTab()
  await backend.signIn(roambi)
  const told = vi.fn()
  const leave = roambi.subscribe(told)
  const done = roambi.logout()
  leave()
  await done
  expect(told).toHaveBeenCalledOnce()
})

it('is not troubled by any other message between the tabs', async () => {
  const roambi = backend.openTab()
  await backend.signIn(roambi)
  const heard = listen(roambi)
  const { epoch } = await backend.storedRecord()
  const broadcasts = new BroadcastChannel(`roambi-auth session ${backend.storeKey}`)
  const nonsense = [null, 'hello', { reason: 'nonsense' }, { reason: 'signed-out' }]
  const tooBig = { reason: 'signed-out', epoch: 1e300, version: 0 }
  const old = { reason: 'signed-out', epoch: epoch - 1, version: 0 }
  for (const message of [...nonsense, tooBig, old]) broadcasts.postMessage(message)
  await backend.ageSession()
  broadcasts.postMessage({ reason: 'renewed', epoch, version: 1 })
  await vi.waitFor(() => expect(heard.slice(1)).toEqual(['signed-in: renewed elsewhere']))
  broadcasts.close()
})

it('tells no token to listeners and in broadcasts', async () => {
  const told: unknown[] = []
  const broadcasts = new BroadcastChannel(`roambi-auth session ${backend.storeKey}`)
  broadcasts.addEventListener('message', ({ data }) => told.push(data))
  const roambi = backend.openTab()
  roambi.subscribe((snapshot) => told.push(snapshot))
  await backend.signIn(roambi)
  await renew(roambi)
  const { accessToken, refreshToken } = await backend.stored()
  await roambi.logout()
  const signedOut = expect.objectContaining({ reason: 'signed-out', version: 0 })
  await vi.waitFor(() => expect(told).toContainEqual(signedOut))
  broadcasts.close()
  for (const secret of [accessToken, refreshToken]) {
    expect(JSON.stringify(told)).not.toContain(secret)
  }
})
