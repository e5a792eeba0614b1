import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { runCallbackPage } from '../src/callback-page.ts'
import type { LoginOptions } from '../src/login-options.ts'
import { createHandClock } from './hand-clock.ts'
import {
  answerTo,
  callbackPage,
  expectPopup,
  openTab as open,
  pendingStates,
  sharedStore,
} from './sign-in-tab.ts'

const clock = createHandClock()
const navigate = vi.fn<(url: string) => void>()
const openTab = (edges: Parameters<typeof open>[0] = {}) => open({ clock, navigate, ...edges })
let tab = openTab()

beforeEach(async () => {
  await sharedStore.remove()
  history.replaceState(null, '', '/reports?year=2026#top')
  expectPopup()
  tab = openTab()
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  tab.dispose()
  navigate.mockReset()
  localStorage.clear()
  sessionStorage.clear()
  history.replaceState(null, '', '/')
})

/** Where the page was sent to sign in. */
async function address(): Promise<URL> {
  await vi.waitFor(() => expect(navigate).toHaveBeenCalledOnce())
  return new URL(navigate.mock.lastCall?.[0] ?? '')
}

/** The page goes, the user signs in, and the callback page sends them back: where to. */
async function leaveAndComeBack(query = 'code=abc') {
  const state = (await address()).searchParams.get('state') ?? ''
  tab.dispose()
  const replace = vi.spyOn(location, 'replace').mockImplementation(() => {})
  history.replaceState(null, '', answerTo(state, query))
  await runCallbackPage({ show: () => {} }, clock)
  expect(location.href).toBe(callbackPage)
  return replace.mock.lastCall?.[0]
}

/** What becomes of a sign-in that may fail in this test. */
function start(options: LoginOptions = { display: 'redirect' }) {
  const login = tab.login(options)
  login.catch(() => {})
  return login
}

describe('a sign-in in place of the page', () => {
  it('is stored before the page is left', async () => {
    navigate.mockImplementation(() => {
      expect(Object.keys(sessionStorage)).toHaveLength(1)
    })
    start()
    const url = await address()
    expect(url.searchParams.get('redirect_uri')).toBe(callbackPage)
    expect(await pendingStates()).toEqual([url.searchParams.get('state')])
    expect(globalThis.open).not.toHaveBeenCalled()
    expect(tab.told).toEqual(['redirecting'])
  })

  it('comes back to where it was, and is finished by the page that is loaded there', async () => {
    start()
    const returnTo = await leaveAndComeBack()
    expect(returnTo).toBe('http://localhost:5173/reports?year=2026#top')
    const loaded = openTab()
    await loaded.resume()
    expect(loaded.finish.mock.lastCall?.[0]).toBe('abc')
    expect(loaded.told).toEqual(['finishing', 'idle'])
    expect(sessionStorage).toHaveLength(0)
    expect(await pendingStates()).toEqual([])
    loaded.dispose()
  })

  it('tells the page that it comes back to when the user said no, and no other tab', async () => {
    const other = openTab()
    await other.resume()
    start()
    await leaveAndComeBack('error=access_denied')
    expect(localStorage).toHaveLength(0)
    const loaded = openTab()
    await loaded.resume()
    expect(loaded.told).toEqual(['finishing', 'access_denied'])
    expect(other.told).toEqual([])
    for (const each of [loaded, other]) each.dispose()
  })

  it.each([
    ['/home', 'http://localhost:5173/home'],
    ['?year=2027', 'http://localhost:5173/reports?year=2027'],
    ['http://localhost:5173/x', 'http://localhost:5173/x'],
  ])('comes back to %s', async (returnTo, expected) => {
    start({ display: 'redirect', returnTo })
    expect(await leaveAndComeBack()).toBe(expected)
  })

  it.each([
    'https://evil.example.com/',
    '//evil.example.com',
    'http://127.0.0.1:5173/',
    'javascript:alert(1)',
    'data:text/html,x',
    'http://',
  ])('does not come back to %s', async (returnTo) => {
    for (const display of ['redirect', 'popup'] as const) {
      await expect(tab.login({ display, returnTo })).rejects.toMatchObject({
        code: 'invalid_option',
      })
    }
    expect(navigate).not.toHaveBeenCalled()
    expect(globalThis.open).not.toHaveBeenCalled()
  })

  it('does not come back to another origin that was slipped in on the way', async () => {
    start()
    const [key = ''] = await address().then(() => Object.keys(sessionStorage))
    sessionStorage.setItem(key, 'https://evil.example.com/')
    const state = key.split(' ').at(-1)
    const replace = vi.spyOn(location, 'replace').mockImplementation(() => {})
    history.replaceState(null, '', answerTo(state ?? ''))
    const handled = runCallbackPage({ show: () => {} }, clock)
    clock.advance(120_000)
    await handled
    expect(replace).not.toHaveBeenCalled()
  })

  it('shares its end with a second login', async () => {
    expect(start()).toBe(start())
    await address()
  })

  it.each(['storage', 'session storage'])(
    'does not leave the page when the %s fails',
    async (which) => {
      const fail = async () => {
        throw new DOMException('No room', 'QuotaExceededError')
      }
      if (which === 'storage') tab = openTab({ store: { read: fail, update: fail, remove: fail } })
      else vi.stubGlobal('sessionStorage', undefined)
      await expect(start()).rejects.toMatchObject({ code: 'storage_failed' })
      expect(navigate).not.toHaveBeenCalled()
      vi.unstubAllGlobals()
      await vi.waitFor(async () => expect(await pendingStates()).toEqual([]))
    },
  )

  it.each(['cancel()', 'time'])(
    'is given up by %s, and its answer signs nobody in',
    async (way) => {
      const login = start()
      const state = (await address()).searchParams.get('state') ?? ''
      if (way === 'time') clock.advance(600_000)
      else tab.cancel()
      await expect(login).rejects.toMatchObject({
        code: way === 'time' ? 'login_timeout' : 'login_aborted',
      })
      expect(sessionStorage).toHaveLength(0)
      await vi.waitFor(async () => expect(await pendingStates()).toEqual([]))
      expect(await tab.pending.claim(state)).toBeNull()
    },
  )

  it('that is given up while it is stored does not leave the page', async () => {
    let letThrough = () => {}
    const gate = new Promise<void>((resolve) => {
      letThrough = resolve
    })
    tab = openTab({
      store: {
        ...sharedStore,
        async update(change) {
          await sharedStore.update(change)
          await gate
        },
      },
    })
    const login = start()
    await vi.waitFor(async () => expect(await pendingStates()).toHaveLength(1))
    tab.cancel()
    letThrough()
    await expect(login).rejects.toMatchObject({ code: 'login_aborted' })
    await vi.waitFor(async () => expect(await pendingStates()).toEqual([]))
    expect(navigate).not.toHaveBeenCalled()
    expect(sessionStorage).toHaveLength(0)
  })

  it('ends when the user comes back by the back button, and can go forward again', async () => {
    const login = start()
    const shown = (persisted: boolean) =>
      dispatchEvent(Object.assign(new Event('pageshow'), { persisted }))
    await address()
    shown(false)
    await tab.pending.claim('nothing')
    expect(tab.told).toEqual(['redirecting'])
    shown(true)
    await expect(login).rejects.toMatchObject({ code: 'login_aborted' })
    expect(tab.told).toEqual(['redirecting', 'idle'])
    expect(await leaveAndComeBack()).toContain('/reports')
    const loaded = openTab()
    await loaded.resume()
    expect(loaded.finish).toHaveBeenCalledOnce()
    loaded.dispose()
  })
})

describe('the way', () => {
  const block = () => vi.mocked(globalThis.open).mockReturnValue(null)

  it('is a redirect when the popup is blocked and the app wants that', async () => {
    block()
    start({ whenBlocked: 'redirect', returnTo: '/home' })
    expect(await leaveAndComeBack()).toBe('http://localhost:5173/home')
  })

  it('is none when the popup is blocked and the app does not', async () => {
    block()
    await expect(tab.login()).rejects.toMatchObject({ code: 'popup_blocked' })
    expect(navigate).not.toHaveBeenCalled()
  })

  it.each([
    [true, undefined, 'redirect'],
    [true, 'popup', 'popup'],
    [false, undefined, 'popup'],
    [undefined, undefined, 'popup'],
  ] as const)(
    'on an iOS home screen: %s, with display: %s, is a %s',
    async (standalone, display, way) => {
      vi.stubGlobal('navigator', Object.assign(Object.create(navigator), { standalone }))
      start(display ? { display } : {})
      expect(vi.mocked(globalThis.open).mock.calls).toHaveLength(way === 'popup' ? 1 : 0)
      expect(tab.told).toEqual([way === 'popup' ? 'open' : 'redirecting'])
      tab.cancel()
    },
  )
})

it('a popup is not taken for a redirect, though it has a copy of the session storage', async () => {
  start()
  await address()
  const show = vi.fn()
  history.replaceState(null, '', answerTo('another'))
  const replace = vi.spyOn(location, 'replace').mockImplementation(() => {})
  const handled = runCallbackPage({ show }, clock)
  clock.advance(120_000)
  await handled
  expect(replace).not.toHaveBeenCalled()
  expect(show).toHaveBeenCalled()
})
