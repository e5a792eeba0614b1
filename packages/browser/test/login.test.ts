import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RoambiAuthError } from '../src/errors.ts'
import { expectPopup, openTab, pendingStates, session, sharedStore } from './sign-in-tab.ts'

let popup = expectPopup()
let tab = openTab()

beforeEach(async () => {
  popup = expectPopup()
  tab = openTab()
  await sharedStore.remove()
})
afterEach(() => {
  tab.dispose()
  localStorage.clear()
  vi.restoreAllMocks()
})

/** What a promise is rejected with, or that it is not. */
const failure = (login: Promise<unknown>): Promise<string> =>
  login.then(
    () => 'signed in',
    (error) => (error instanceof RoambiAuthError ? error.code : `not ours: ${error}`),
  )

/** Nothing of a sign-in is left. */
async function expectNothingLeft() {
  await vi.waitFor(async () => expect(await pendingStates()).toEqual([]))
  expect(tab.clock.waiting).toBe(0)
}

describe('login', () => {
  it('opens the window in the task of the click, before anything is awaited', () => {
    tab.login().catch(() => {})
    expect(globalThis.open).toHaveBeenCalledOnce()
    expect(vi.mocked(globalThis.open).mock.calls[0]?.[0]).toBe('about:blank')
  })

  it('ends with the session that the code is redeemed for, once', async () => {
    const login = tab.login()
    const { taken } = await popup.comeBack()
    expect(await taken).toBe(true)
    expect(await login).toBe(session)
    expect(tab.finish).toHaveBeenCalledOnce()
    expect(tab.finish.mock.lastCall?.[0]).toBe('abc')
    expect(popup.close).toHaveBeenCalled()
    expect(tab.told).toEqual(['open', 'finishing', 'idle'])
    await expectNothingLeft()
  })

  it('has its pending request deleted before the code is redeemed', async () => {
    tab.finish.mockImplementation(async () => {
      expect(await pendingStates()).toEqual([])
      return session
    })
    const login = tab.login()
    await popup.address()
    await vi.waitFor(async () => expect(await pendingStates()).toHaveLength(1))
    await popup.comeBack()
    expect(await login).toBe(session)
  })

  it.each([
    ['gives none', () => null],
    [
      'throws',
      () => {
        throw new DOMException('Not supported', 'InvalidAccessError')
      },
    ],
  ])('says that the browser blocked the window when it %s', async (_, answer) => {
    vi.mocked(globalThis.open).mockImplementation(answer)
    expect(await failure(tab.login())).toBe('popup_blocked')
    expect(tab.told).toEqual(['popup_blocked'])
    await expectNothingLeft()
  })

  it('tells each failure anew, and what is the same once', async () => {
    vi.mocked(globalThis.open).mockReturnValue(null)
    await failure(tab.login())
    await failure(tab.login())
    tab.cancel()
    await tab.resume()
    expect(tab.told).toEqual(['popup_blocked', 'popup_blocked'])
  })

  it('refuses a wrong redirect URI before a window opens', async () => {
    const redirectUri = () => {
      throw new RoambiAuthError('invalid_option', 'Not on this origin.')
    }
    expect(await failure(openTab({ redirectUri }).login())).toBe('invalid_option')
    expect(globalThis.open).not.toHaveBeenCalled()
  })

  it.each([
    ['error=access_denied', 'access_denied'],
    ['code=a&code=b', 'invalid_callback'],
    ['code=abc&state=another', 'invalid_callback'],
    ['code=abc&iss=https://evil.example.com', 'invalid_callback'],
    ['code=abc&error=access_denied', 'invalid_callback'],
  ])('rejects the answer %s as %s, redeems nothing, closes the window', async (query, code) => {
    const login = failure(tab.login())
    await popup.comeBack(query)
    expect(await login).toBe(code)
    expect(tab.finish).not.toHaveBeenCalled()
    expect(popup.close).toHaveBeenCalled()
    expect(tab.told).toEqual(['open', 'finishing', code])
    await expectNothingLeft()
  })

  it('waits on through what is no answer, and answers to others', async () => {
    const login = tab.login()
    const state = (await popup.address()).searchParams.get('state')
    const channel = new BroadcastChannel('roambi-auth callback')
    const origin = 'https://evil.example.com'
    const forged = `${location.origin}/?state=${state}&code=evil`
    const data = JSON.stringify({ callbackUrl: forged, sentAt: 1 })
    dispatchEvent(new MessageEvent('message', { data, origin }))
    for (const message of [
      { callbackUrl: forged },
      { callbackUrl: `${origin}/?state=${state}&code=evil`, sentAt: 1 },
      { callbackUrl: `${location.origin}/?state=other&code=evil`, sentAt: 1 },
    ]) {
      channel.postMessage(JSON.stringify(message))
    }
    channel.close()
    await popup.comeBack('code=good')
    await login
    expect(tab.finish.mock.calls.map(([code]) => code)).toEqual(['good'])
  })

  it('passes on why the code could not be redeemed, sends it once, and can start anew', async () => {
    tab.finish.mockRejectedValueOnce(new RoambiAuthError('server_error', 'Down.'))
    const failed = failure(tab.login())
    await popup.comeBack()
    expect(await failed).toBe('server_error')
    expect(tab.finish).toHaveBeenCalledOnce()
    expect(tab.told.at(-1)).toBe('server_error')
    popup = expectPopup()
    const login = tab.login()
    await popup.comeBack('code=def')
    expect(await login).toBe(session)
    expect(tab.told.slice(-3)).toEqual(['open', 'finishing', 'idle'])
  })

  it('says that it needs a safe page, and leaves nothing behind', async () => {
    vi.spyOn(crypto, 'subtle', 'get').mockReturnValue(undefined as never)
    expect(await failure(tab.login())).toBe('insecure_page')
    expect(popup.close).toHaveBeenCalled()
    expect(popup.location.replace).not.toHaveBeenCalled()
    vi.restoreAllMocks()
    await expectNothingLeft()
  })

  it('quotes no address when the window can not be sent there', async () => {
    popup.location.replace.mockImplementation((url) => {
      throw new DOMException(`Not allowed: ${url}`, 'SecurityError')
    })
    const error = await tab.login().catch((reason: unknown) => reason as RoambiAuthError)
    expect(error).toMatchObject({ code: 'login_failed' })
    expect(error).not.toHaveProperty('cause')
    expect(String(error)).toBe('RoambiAuthError: The sign-in failed (SecurityError).')
    await expectNothingLeft()
  })

  it('signs in when the store can not keep the request', async () => {
    const fail = async () => {
      throw new RoambiAuthError('storage_failed', 'No room.')
    }
    const poor = openTab({ store: { read: fail, update: fail, remove: fail } })
    const login = poor.login()
    await popup.comeBack()
    expect(await login).toBe(session)
    poor.dispose()
  })

  it('opens the window when the store never answers', async () => {
    const hang = () => new Promise<never>(() => {})
    const stuck = openTab({ store: { read: hang, update: hang, remove: hang } })
    stuck.login().catch(() => {})
    expect((await popup.address()).searchParams.get('state')).toBeTruthy()
    stuck.dispose()
  })
})

describe('a second login', () => {
  it('shows the open window, and shares its end', async () => {
    const first = tab.login()
    const second = tab.login()
    expect(globalThis.open).toHaveBeenCalledOnce()
    expect(popup.focus).toHaveBeenCalledOnce()
    await popup.comeBack()
    expect(await Promise.all([first, second])).toEqual([session, session])
    expect(tab.finish).toHaveBeenCalledOnce()
  })

  it('opens none while the first is being finished, its window gone', async () => {
    let redeemed = (_: typeof session) => {}
    tab.finish.mockReturnValue(new Promise((resolve) => (redeemed = resolve)))
    const first = tab.login()
    await popup.comeBack()
    await vi.waitFor(() => expect(tab.finish).toHaveBeenCalled())
    popup.closed = true
    const second = tab.login()
    redeemed(session)
    expect(await Promise.all([first, second])).toEqual([session, session])
    expect(globalThis.open).toHaveBeenCalledOnce()
  })

  it('supersedes the first when it is forced to, whose late answer signs nobody in', async () => {
    const old = popup
    const first = failure(tab.login())
    await old.address()
    popup = expectPopup()
    const second = tab.login({ force: true })
    expect(await first).toBe('login_superseded')
    expect(old.close).toHaveBeenCalled()
    expect(popup.close).not.toHaveBeenCalled()
    const late = await old.comeBack('code=late', tab.clock)
    await popup.comeBack('code=new')
    expect(await second).toBe(session)
    // More than the head start of the tab that waits for it, which is none.
    tab.clock.advance(5000)
    tab.clock.advance(120_000)
    expect(await late.taken).toBe(false)
    expect(tab.finish.mock.calls.map(([code]) => code)).toEqual(['new'])
    expect(tab.told).toEqual(['open', 'finishing', 'idle'])
  })

  it('that is forced to, but blocked, leaves the first as it is', async () => {
    const first = tab.login()
    await popup.address()
    vi.mocked(globalThis.open).mockReturnValue(null)
    expect(await failure(tab.login({ force: true }))).toBe('popup_blocked')
    await popup.comeBack()
    expect(await first).toBe(session)
  })

  it.each(['first', 'second'])(
    'opens anew after a window that reads as closed, and the %s one counts for both',
    async (answering) => {
      const popups = [popup, expectPopup()] as const
      vi.mocked(globalThis.open).mockReturnValueOnce(popups[0] as unknown as Window)
      const first = tab.login()
      await popups[0].address()
      popups[0].closed = true
      const second = tab.login()
      expect(globalThis.open).toHaveBeenCalledTimes(2)
      await popups[1].address()
      await popups[answering === 'first' ? 0 : 1].comeBack()
      expect(await Promise.all([first, second])).toEqual([session, session])
      for (const { close } of popups) expect(close).toHaveBeenCalled()
      await expectNothingLeft()
    },
  )

  it('does not fail with the first, whose user said no', async () => {
    const old = popup
    const first = failure(tab.login())
    await old.address()
    old.closed = true
    popup = expectPopup()
    const second = tab.login()
    await old.comeBack('error=access_denied')
    expect(await first).toBe('access_denied')
    expect(tab.told.at(-1)).toBe('open')
    await popup.comeBack()
    expect(await second).toBe(session)
  })
})

describe('giving up', () => {
  it.each([
    ['its signal', 'login_aborted'],
    ['cancel()', 'login_aborted'],
    ['time', 'login_timeout'],
  ])('by %s closes the window, and a late answer signs nobody in', async (way, code) => {
    const aborter = new AbortController()
    const login = failure(tab.login({ signal: aborter.signal, timeout: 60_000 }))
    await popup.address()
    tab.clock.advance(59_999)
    if (way === 'its signal') aborter.abort()
    else if (way === 'cancel()') tab.cancel()
    else tab.clock.advance(1)
    expect(popup.close).toHaveBeenCalled()
    expect(await login).toBe(code)
    await expectNothingLeft()
    const { taken } = await popup.comeBack('code=late', tab.clock)
    tab.clock.advance(120_000)
    expect(await taken).toBe(false)
    expect(tab.finish).not.toHaveBeenCalled()
    expect(tab.told).toEqual(['open', code === 'login_timeout' ? code : 'idle'])
  })

  it('before it starts opens no window', async () => {
    expect(await failure(tab.login({ signal: AbortSignal.abort() }))).toBe('login_aborted')
    expect(globalThis.open).not.toHaveBeenCalled()
  })

  it('while its key is made sends the window nowhere', async () => {
    const aborter = new AbortController()
    const login = failure(tab.login({ signal: aborter.signal }))
    aborter.abort()
    expect(popup.close).toHaveBeenCalled()
    expect(await login).toBe('login_aborted')
    await expectNothingLeft()
    expect(popup.location.replace).not.toHaveBeenCalled()
  })

  it('while the code is redeemed tells so to the one who redeems it', async () => {
    let end: AbortSignal | undefined
    tab.finish.mockImplementation((...args) => {
      end = args[2]
      return new Promise(() => {})
    })
    const login = failure(tab.login())
    await popup.comeBack()
    await vi.waitFor(() => expect(end?.aborted).toBe(false))
    tab.cancel()
    expect(await login).toBe('login_aborted')
    expect(end?.reason).toMatchObject({ code: 'login_aborted' })
    await expectNothingLeft()
  })

  it('while its request is claimed redeems nothing', async () => {
    tab.dispose()
    tab = openTab({ onProgress: ({ status }) => status === 'finishing' && tab.cancel() })
    const login = failure(tab.login())
    await popup.comeBack()
    expect(await login).toBe('login_aborted')
    await tab.pending.claim('nothing')
    expect(tab.finish).not.toHaveBeenCalled()
  })

  it('after it has ended changes nothing, and nobody listens to the signal', async () => {
    const aborter = new AbortController()
    const listen = vi.spyOn(aborter.signal, 'addEventListener')
    const login = tab.login({ signal: aborter.signal })
    await popup.comeBack()
    await login
    const until = listen.mock.calls.map(
      ([, , options]) => (options as { signal: AbortSignal }).signal,
    )
    expect(until.map(({ aborted }) => aborted)).toEqual([true])
    aborter.abort()
    tab.cancel()
    expect(await login).toBe(session)
    expect(tab.told.at(-1)).toBe('idle')
  })

  it.each([Number.POSITIVE_INFINITY, 2 ** 40])(
    'takes ten minutes at most: %d ms',
    async (timeout) => {
      const login = failure(tab.login({ timeout }))
      await popup.address()
      tab.clock.advance(599_999)
      expect(tab.told).toEqual(['open'])
      tab.clock.advance(1)
      expect(await login).toBe('login_timeout')
    },
  )

  it('by the end of the client closes a window that was sent nowhere yet', async () => {
    const login = failure(tab.login())
    tab.dispose()
    expect(await login).toBe('login_aborted')
    expect(popup.close).toHaveBeenCalled()
  })

  it('by the end of the client leaves the window to the user, and no timer', async () => {
    const login = failure(tab.login())
    await popup.address()
    await vi.waitFor(async () => expect(await pendingStates()).toHaveLength(1))
    tab.dispose()
    expect(await login).toBe('login_aborted')
    expect(popup.close).not.toHaveBeenCalled()
    expect(tab.clock.waiting).toBe(0)
    expect(await pendingStates()).toHaveLength(1)
  })
})

describe('a window that reads as closed', () => {
  let hasFocus = false
  beforeEach(() => {
    hasFocus = false
    tab = openTab({ hasFocus: () => hasFocus })
  })

  /** The user works in the window, which is then closed: the focus comes back. */
  async function userCloses() {
    await popup.address()
    await vi.waitFor(() => expect(tab.clock.waiting).toBe(2))
    tab.clock.advance(5000)
    popup.closed = true
    hasFocus = true
    tab.clock.advance(5000)
  }

  it('has no say while it has the focus: a COOP header may have cut it off', async () => {
    const login = tab.login({ closeDetection: 'reject' })
    await popup.address()
    popup.closed = true
    tab.clock.advance(500_000)
    expect(tab.told).toEqual(['open'])
    await popup.comeBack()
    expect(await login).toBe(session)
  })

  it('may be closed, says the progress, and a late answer still signs in', async () => {
    const login = tab.login()
    await userCloses()
    expect(tab.told).toEqual(['open', 'maybe-closed'])
    hasFocus = false
    tab.clock.advance(300)
    expect(tab.told.at(-1)).toBe('open')
    hasFocus = true
    tab.clock.advance(5000)
    await popup.comeBack()
    expect(await login).toBe(session)
    expect(tab.told.slice(2)).toEqual(['open', 'maybe-closed', 'finishing', 'idle'])
  })

  it('rejects where the app wants it and it is certain', async () => {
    const login = failure(tab.login({ closeDetection: 'reject' }))
    await userCloses()
    expect(await login).toBe('popup_closed')
    expect(tab.told).toEqual(['open', 'popup_closed'])
    await expectNothingLeft()
  })

  it('only advises where it is not certain', async () => {
    tab.login({ closeDetection: 'reject' }).catch(() => {})
    await popup.address()
    popup.closed = true
    tab.clock.advance(4000)
    hasFocus = true
    tab.clock.advance(4000)
    expect(tab.told).toEqual(['open', 'maybe-closed'])
  })

  it('is not looked at where the app does not want it', async () => {
    tab.login({ closeDetection: 'off' }).catch(() => {})
    await popup.address()
    popup.closed = true
    hasFocus = true
    tab.clock.advance(60_000)
    expect(tab.told).toEqual(['open'])
  })

  it.each(['advise', 'reject'] as const)(
    'has closed itself when it has answered, however long the rest takes: %s',
    async (closeDetection) => {
      let redeemed = (_: typeof session) => {}
      tab.finish.mockReturnValue(new Promise((resolve) => (redeemed = resolve)))
      const login = tab.login({ closeDetection })
      await popup.address()
      await vi.waitFor(() => expect(tab.clock.waiting).toBe(2))
      tab.clock.advance(5000)
      await popup.comeBack()
      await vi.waitFor(() => expect(tab.finish).toHaveBeenCalled())
      popup.closed = true
      hasFocus = true
      tab.clock.advance(9000)
      redeemed(session)
      expect(await login).toBe(session)
      expect(tab.told).toEqual(['open', 'finishing', 'idle'])
    },
  )
})
