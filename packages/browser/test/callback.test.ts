import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { handleCallback } from '../src/callback.ts'
import { createCallbackInbox } from '../src/callback-inbox.ts'
import { runCallbackPage } from '../src/callback-page.ts'
import { createHandClock } from './hand-clock.ts'
import { callbackPage } from './sign-in-tab.ts'
import { fireStorageEvents } from './storage-events.ts'

const status = () => document.querySelector('#status')?.textContent
const openAt = (query: string) => history.replaceState(null, '', `/callback.html${query}`)

let clock = createHandClock()
let over = new AbortController()

/** Opens the callback page; the clock stands still until the test moves it. */
function openPage(query = '?code=abc&state=mine') {
  openAt(query)
  return runCallbackPage({}, clock)
}

/** An app that takes the answers to `states`, and those it has got. */
function openApp(...states: string[]) {
  const got: string[] = []
  const inbox = createCallbackInbox({ life: over.signal, clock })
  inbox.listen(({ state, callbackUrl, acknowledge }) => {
    if (!states.includes(state)) return
    got.push(callbackUrl)
    acknowledge()
  })
  return { inbox, got }
}

beforeEach(() => {
  document.body.innerHTML = '<p id="status">Signing you in…</p>'
  clock = createHandClock()
  over = new AbortController()
  localStorage.clear()
  sessionStorage.clear()
  vi.spyOn(window, 'close').mockImplementation(() => {})
})
afterEach(() => {
  // The page lets go of its listeners.
  clock.advance(120_000)
  over.abort()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  history.replaceState(null, '', '/')
})

describe('the callback page', () => {
  it('hands its address to the app that waits, and closes', async () => {
    const { got } = openApp('mine')
    await openPage()
    expect(got).toContain(`${callbackPage}?code=abc&state=mine`)
    expect(window.close).toHaveBeenCalledOnce()
    expect(status()).toBe('You can close this window.')
    expect(localStorage).toHaveLength(0)
    expect(clock.waiting).toBe(0)
  })

  it('takes the code and the state out of its address at once', () => {
    openPage('?code=abc&state=mine#more')
    expect(location.href).toBe(callbackPage)
  })

  it('says what it is for when somebody opens it by hand', async () => {
    await openPage('')
    expect(status()).toContain('go to the app')
    expect(window.close).not.toHaveBeenCalled()
    expect(localStorage).toHaveLength(0)
  })

  it('says so as well when the answer has no state', async () => {
    const { got } = openApp('')
    await openPage('?code=abc')
    expect(status()).toContain('go to the app')
    expect(got).toEqual([])
  })

  it('says after two seconds that the app finishes it, and that the window can be closed', () => {
    openApp('another')
    openPage()
    clock.advance(1999)
    expect(status()).toBe('Signing you in…')
    clock.advance(1)
    expect(status()).toContain('Close this window and go back to the app')
    expect(window.close).not.toHaveBeenCalled()
  })

  it('still closes when the app takes the answer later', async () => {
    const handled = openPage()
    clock.advance(60_000)
    const { inbox } = openApp()
    for (const answer of inbox.left()) answer.acknowledge()
    await handled
    expect(window.close).toHaveBeenCalledOnce()
  })

  it('takes the answer back after two minutes, and says to sign in again', async () => {
    const handled = openPage()
    clock.advance(119_999)
    expect(openApp().inbox.left()).toHaveLength(1)
    clock.advance(1)
    await handled
    expect(localStorage).toHaveLength(0)
    expect(status()).toContain('Nobody is waiting')
    expect(window.close).not.toHaveBeenCalled()
  })

  it('shows its sentence where the page wants it', async () => {
    openAt('')
    const show = vi.fn()
    await handleCallback({ show })
    expect(show).toHaveBeenCalledOnce()
    expect(status()).toBe('Signing you in…')
  })
})

/** Stands for the app's window, as the popup's `opener`, until a COOP header cuts it off. */
function linkToOpener(origin = location.origin) {
  const send = (data: unknown, source: unknown) =>
    queueMicrotask(() =>
      dispatchEvent(new MessageEvent('message', { data, origin, source } as never)),
    )
  const page = { postMessage: (data: unknown) => send(data, app) }
  const app = { postMessage: vi.fn((data: unknown) => send(data, page)) }
  vi.stubGlobal('opener', app)
  return app
}

const forbid = (name: string) =>
  vi.spyOn(globalThis, name as never, 'get').mockImplementation(() => {
    throw new DOMException('Not here', 'SecurityError')
  })

describe('the answer arrives', () => {
  it.each([
    ['by BroadcastChannel alone', () => forbid('localStorage')],
    [
      'by a storage event alone',
      () => {
        fireStorageEvents()
        vi.stubGlobal('BroadcastChannel', undefined)
      },
    ],
    [
      'by postMessage alone',
      () => {
        linkToOpener()
        forbid('localStorage')
        vi.stubGlobal('BroadcastChannel', undefined)
      },
    ],
    [
      'on all ways, one of them throwing',
      () => {
        fireStorageEvents()
        linkToOpener().postMessage.mockImplementation(() => {
          throw new DOMException('Gone', 'InvalidStateError')
        })
      },
    ],
  ])('%s, and so does the receipt', async (_, prepare) => {
    prepare()
    const { got } = openApp('mine')
    await openPage()
    expect(new Set(got)).toEqual(new Set([`${callbackPage}?code=abc&state=mine`]))
    expect(window.close).toHaveBeenCalledOnce()
  })

  it('is sent to no other origin', () => {
    const app = linkToOpener()
    openPage()
    expect(app.postMessage).toHaveBeenCalledWith(expect.anything(), location.origin)
  })

  it('is believed from no other origin, nor is a receipt', async () => {
    vi.stubGlobal('BroadcastChannel', undefined)
    linkToOpener('https://evil.example.com')
    const { got } = openApp('mine')
    openPage()
    const data = { received: 'mine' }
    dispatchEvent(new MessageEvent('message', { data, origin: 'https://evil.example.com' }))
    clock.advance(2000)
    await new Promise((resolve) => setTimeout(resolve))
    expect(got).toEqual([])
    expect(status()).toContain('go back to the app')
  })

  it('is left alone by the app of another sign-in', async () => {
    fireStorageEvents()
    const stranger = openApp('theirs')
    const { got } = openApp('mine')
    await openPage()
    expect(got).not.toEqual([])
    expect(stranger.got).toEqual([])
  })

  it('amid what else is said there', async () => {
    const { got } = openApp('mine', '')
    const sentAt = clock.now()
    const noise = [
      null,
      'hello',
      { callbackUrl: 7, sentAt },
      { callbackUrl: 'not a URL', sentAt },
      { callbackUrl: `${callbackPage}?code=abc`, sentAt },
      { callbackUrl: `${callbackPage}?state=mine` },
      { callbackUrl: 'https://evil.example.com/?state=mine&code=evil', sentAt },
      { received: 'mine' },
      { received: null },
    ]
    const channel = new BroadcastChannel('roambi-auth callback')
    for (const data of [...noise, ...noise.map((each) => JSON.stringify(each))]) {
      channel.postMessage(data)
      dispatchEvent(new MessageEvent('message', { data, origin: location.origin }))
      const key = 'roambi-auth callback mine'
      dispatchEvent(new StorageEvent('storage', { key, newValue: String(data) }))
    }
    await openPage()
    channel.close()
    expect(new Set(got)).toEqual(new Set([`${callbackPage}?code=abc&state=mine`]))
  })
})

describe('the mailbox', () => {
  const key = 'roambi-auth callback mine'
  const left = () => openApp().inbox.left()

  it('keeps the answer for an app that is loaded later', () => {
    openPage()
    const [answer] = left()
    expect(answer).toMatchObject({
      state: 'mine',
      callbackUrl: `${callbackPage}?code=abc&state=mine`,
    })
    answer?.acknowledge()
    expect(left()).toEqual([])
  })

  it.each([
    ['older than two minutes', () => ({ sentAt: clock.now() - 120_001 })],
    ['of a clock that was ahead', () => ({ sentAt: clock.now() + 120_001 })],
    ['without a time', () => ({ sentAt: undefined })],
    ['without a state', () => ({ callbackUrl: callbackPage })],
  ])('sweeps what is %s', (_, wrong) => {
    const good = { callbackUrl: `${callbackPage}?code=abc&state=mine`, sentAt: clock.now() }
    localStorage.setItem(key, JSON.stringify(good))
    expect(left()).toHaveLength(1)
    localStorage.setItem(key, JSON.stringify({ ...good, ...wrong() }))
    expect(left()).toEqual([])
    expect(localStorage).toHaveLength(0)
  })

  it('sweeps what is no JSON, and leaves the rest of the storage alone', () => {
    localStorage.setItem(key, '{')
    localStorage.setItem('theme', 'dark')
    expect(left()).toEqual([])
    expect(Object.keys(localStorage)).toEqual(['theme'])
  })

  it('is empty where storage is forbidden', () => {
    forbid('localStorage')
    forbid('sessionStorage')
    expect(left()).toEqual([])
  })
})

it('the inbox hears nothing after the end of its client', async () => {
  fireStorageEvents()
  const app = linkToOpener()
  const { got } = openApp('mine')
  over.abort()
  openPage()
  const { inbox, got: gotLater } = openApp('mine')
  inbox.listen(() => gotLater.push('listened'))
  await vi.waitFor(() => expect(app.postMessage).toHaveBeenCalled())
  await new Promise((resolve) => setTimeout(resolve))
  expect([...got, ...gotLater]).toEqual([])
})
