import { afterEach, describe, expect, it, vi } from 'vitest'
import { heldFetch, listen, nameOfUser, openHastyTab, useBackend } from './backend.ts'
import { userAnswers } from './popup.ts'

const backend = useBackend()

describe('signing in', () => {
  it('redeems the code once and calls the API', async () => {
    const roambi = backend.openTab()
    const session = await backend.signIn(roambi)
    expect(session.expiresAt - session.renewedAt).toBe(86_400_000)
    expect(roambi.getSnapshot().session).toEqual(session)
    expect(await nameOfUser(roambi)).toBe('Joan Harris')
    expect(backend.sent()).toEqual(['authorization_code'])
  })

  it('is remembered by the next page load', async () => {
    await backend.signIn(backend.openTab())
    const reloaded = backend.openTab()
    expect(reloaded.getSnapshot().status).toBe('loading')
    const heard = listen(reloaded)
    await vi.waitFor(() => expect(heard).toEqual(['loading: created', 'signed-in: loaded']))
    expect(await nameOfUser(reloaded)).toBe('Joan Harris')
  })

  it('is told to the other tabs', async () => {
    const other = backend.openTab()
    const heard = listen(other)
    await vi.waitFor(() => expect(heard).toEqual(['loading: created', 'signed-out: loaded']))
    await backend.signIn(backend.openTab())
    await vi.waitFor(() => expect(heard.at(-1)).toBe('signed-in: signed-in elsewhere'))
  })

  it.each([
    ["Roambi's code", () => userAnswers(() => ({ code: 'made-up' })), 'server_error'],
    [
      "the proxy's code",
      () =>
        userAnswers(
          () => ({ code: backend.sandbox.issueCode() }),
          ({ searchParams }) => searchParams.set('code', 'made-up'),
        ),
      'invalid_grant',
    ],
  ])('stores nothing when %s is refused', async (_, userComesBack, code) => {
    const roambi = backend.openTab()
    userComesBack()
    await expect(roambi.login()).rejects.toMatchObject({ code })
    expect(await backend.secrets()).toEqual([])
  })

  it('stores nothing when Roambi fails, and sends its code once', async () => {
    backend.sandbox.failNext('html')
    const roambi = backend.openTab()
    await expect(backend.signIn(roambi)).rejects.toMatchObject({ retryable: true })
    expect(backend.sent()).toHaveLength(1)
    expect(await backend.secrets()).toEqual([])
  })

  it('stores nothing when the user says no', async () => {
    const roambi = backend.openTab()
    userAnswers(() => ({ error: 'access_denied' }))
    await expect(roambi.login()).rejects.toMatchObject({ code: 'access_denied' })
    expect(backend.sent()).toEqual([])
    expect(await backend.secrets()).toEqual([])
  })

  it('is refused when another server than the proxy answers', async () => {
    const roambi = backend.openTab()
    userAnswers(
      () => ({ code: backend.sandbox.issueCode() }),
      ({ searchParams }) => searchParams.set('iss', 'https://evil.example.com'),
    )
    await expect(roambi.login()).rejects.toMatchObject({ code: 'invalid_callback' })
    expect(await backend.secrets()).toEqual([])
  })

  it.each(['its signal', 'signing out'])('is undone by %s, also late', async (way) => {
    const { fetch, answered, letThrough } = heldFetch()
    const roambi = backend.openTab({ fetch })
    const controller = new AbortController()
    userAnswers(() => ({ code: backend.sandbox.issueCode() }))
    const login = roambi.login({ signal: controller.signal })
    const refused = expect(login).rejects.toMatchObject({ code: 'login_aborted' })
    await answered
    if (way === 'its signal') controller.abort()
    else await roambi.logout()
    letThrough()
    await refused
    expect(roambi.getSnapshot().session).toBeNull()
    expect(await backend.secrets()).toEqual([])
  })
})

it('is undone by signing out while it is being stored', async () => {
  const roambi = openHastyTab(backend)
  await expect(backend.signIn(roambi)).rejects.toMatchObject({ code: 'login_aborted' })
  expect(await backend.secrets()).toEqual([])
})

describe('nobody signed in', () => {
  it('fails an API call at once, without repeating it', async () => {
    const read = vi.fn(async () => undefined)
    const nothing = async () => {}
    const roambi = backend.openTab({ store: { read, update: nothing, remove: nothing } })
    await expect(nameOfUser(roambi)).rejects.toMatchObject({ code: 'signed_out' })
    // Once at the start, and once for the call.
    expect(read).toHaveBeenCalledTimes(2)
    await expect(roambi.getAccessToken()).rejects.toMatchObject({ code: 'signed_out' })
  })

  it.each([null, 'undefined', 42, { accessToken: 7 }, { version: 2 }])(
    'is what a stored %j means',
    async (record) => {
      await backend.store(record)
      const heard = listen(backend.openTab())
      await vi.waitFor(() => expect(heard.at(-1)).toBe('signed-out: loaded'))
    },
  )
})

it('goes without news from other tabs where the browser refuses them', async () => {
  class Refused {
    constructor() {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    }
  }
  vi.stubGlobal('BroadcastChannel', Refused)
  const roambi = backend.openTab()
  const heard = listen(roambi)
  await vi.waitFor(() => expect(heard).toEqual(['loading: created', 'signed-out: loaded']))
  vi.unstubAllGlobals()
})

it('is signed out when the record has lost its key', async () => {
  await backend.signIn(backend.openTab())
  const { dpopKey, ...keyless } = await backend.stored()
  await backend.store(keyless)
  const heard = listen(backend.openTab())
  await vi.waitFor(() => expect(heard.at(-1)).toBe('signed-out: loaded'))
})

describe('a store that fails', () => {
  const failing = () => {
    throw new DOMException('The database is gone', 'UnknownError')
  }
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('reads as signed out', async () => {
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(failing)
    const heard = listen(backend.openTab())
    await vi.waitFor(() => expect(heard).toEqual(['loading: created', 'signed-out: loaded']))
  })

  it('leaves the session in this tab, which says so', async () => {
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(failing)
    const roambi = backend.openTab()
    await backend.signIn(roambi)
    expect(roambi.getSnapshot()).toMatchObject({ status: 'signed-in', persistence: 'memory' })
    expect(await nameOfUser(roambi)).toBe('Joan Harris')
    expect(await backend.secrets()).toEqual([])
    await roambi.logout()
    expect(roambi.getSnapshot()).toMatchObject({ status: 'signed-out' })
  })

  it('does not keep a user from signing out, here and in other tabs', async () => {
    const [one, two] = [backend.openTab(), backend.openTab()]
    await backend.signIn(one)
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(failing)
    const heard = listen(two)
    await vi.waitFor(() => expect(heard.at(-1)).toBe('signed-in: loaded'))
    await one.logout()
    await vi.waitFor(() => expect(heard.at(-1)).toBe('signed-out: signed-out elsewhere'))
  })
})
