import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { deliverCallback } from '../src/callback-channel.ts'
import { createRoambi } from '../src/index.ts'
import { createLogin } from '../src/login.ts'
import type { LoginEdges } from '../src/login-attempt.ts'

function fakePopup() {
  const popup = {
    closed: false,
    focus: vi.fn(),
    close: vi.fn(() => {
      popup.closed = true
    }),
    location: { replace: vi.fn<(url: string) => void>() },
  }
  return popup
}

const edges: LoginEdges<string> = {
  authorizeUrl: 'https://auth.example.com/1/authorize',
  issuer: 'https://auth.example.com',
  clientId: 'client-1',
  redirectUri: () => 'http://localhost:5173/callback.html',
  finish: async (code) => `signed in with ${code}`,
}

describe('login', () => {
  let popup = fakePopup()
  const open = vi.spyOn(globalThis, 'open')

  beforeEach(() => {
    popup = fakePopup()
    open.mockReset().mockImplementation(() => popup as unknown as Window)
  })
  afterEach(() => {
    popup.close()
  })

  /** Waits until the window has been sent to sign in, and lets the user come back with `query`. */
  async function comeBack(query: string) {
    await vi.waitFor(() => expect(popup.location.replace).toHaveBeenCalled())
    const url = new URL(popup.location.replace.mock.lastCall?.[0] ?? '')
    const state = url.searchParams.get('state') ?? ''
    const answer = `state=${state}&iss=${edges.issuer}&${query}`
    return deliverCallback(`http://localhost/callback.html?${answer}`, state, 1000)
  }

  it('opens the window in the task of the click, before anything is awaited', () => {
    const { login } = createLogin(edges)
    login({ timeout: 1 }).catch(() => {})
    expect(open).toHaveBeenCalledOnce()
    expect(open.mock.calls[0]?.[0]).toBe('about:blank')
  })

  it('ends with what the code was redeemed for', async () => {
    const result = createLogin(edges).login()
    expect(await comeBack('code=abc')).toBe(true)
    expect(await result).toBe('signed in with abc')
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
    open.mockImplementation(answer)
    await expect(createLogin(edges).login()).rejects.toMatchObject({
      name: 'RoambiAuthError',
      code: 'popup_blocked',
    })
  })

  it('shows the open window at a second call, and shares its end', async () => {
    const { login } = createLogin(edges)
    const first = login()
    const second = login()
    expect(open).toHaveBeenCalledOnce()
    expect(popup.focus).toHaveBeenCalledOnce()
    await comeBack('code=abc')
    expect(await Promise.all([first, second])).toEqual(['signed in with abc', 'signed in with abc'])
  })

  it('still counts an answer of a window that reads as closed', async () => {
    const result = createLogin(edges).login()
    popup.closed = true
    await comeBack('code=abc')
    expect(await result).toBe('signed in with abc')
  })

  it.each(['first', 'second'])(
    'opens anew after a window that reads as closed, and the %s one counts for both',
    async (answering) => {
      const { login } = createLogin(edges)
      const first = login()
      const popups = [popup]
      await vi.waitFor(() => expect(popup.location.replace).toHaveBeenCalled())
      popup.closed = true
      popup = fakePopup()
      popups.push(popup)
      const second = login()
      expect(open).toHaveBeenCalledTimes(2)
      await vi.waitFor(() => expect(popup.location.replace).toHaveBeenCalled())
      popup = popups[answering === 'first' ? 0 : 1] ?? popup
      await comeBack('code=abc')
      expect(await Promise.all([first, second])).toEqual(Array(2).fill('signed in with abc'))
      const other = popups.find((each) => each !== popup)
      await vi.waitFor(() => expect(other?.close).toHaveBeenCalled())
    },
  )

  it.each([
    ['error=access_denied', 'access_denied'],
    ['code=a&code=b', 'invalid_callback'],
  ])('rejects the answer %s as %s, and closes the window', async (query, code) => {
    const result = createLogin(edges).login()
    const rejected = expect(result).rejects.toMatchObject({ code })
    await comeBack(query)
    await rejected
    expect(popup.close).toHaveBeenCalled()
  })

  it('passes on why the code could not be redeemed, and the next call starts anew', async () => {
    const finish = vi.fn(edges.finish).mockRejectedValueOnce(new Error('no network'))
    const { login } = createLogin({ ...edges, finish })
    const failed = expect(login()).rejects.toThrow('no network')
    await comeBack('code=abc')
    await failed
    popup = fakePopup()
    const result = login()
    await comeBack('code=def')
    expect(await result).toBe('signed in with def')
    expect(finish).toHaveBeenCalledTimes(2)
  })

  it('is given up by its signal, and closes the window', async () => {
    const controller = new AbortController()
    const result = createLogin(edges).login({ signal: controller.signal })
    await vi.waitFor(() => expect(popup.location.replace).toHaveBeenCalled())
    controller.abort()
    await expect(result).rejects.toMatchObject({ code: 'login_aborted' })
    expect(popup.close).toHaveBeenCalled()
    expect(await comeBack('code=late')).toBe(false)
  })

  it('that is given up while its key is made sends the window nowhere', async () => {
    const controller = new AbortController()
    const result = createLogin(edges).login({ signal: controller.signal })
    expect(open).toHaveBeenCalledOnce()
    controller.abort()
    await expect(result).rejects.toMatchObject({ code: 'login_aborted' })
    expect(popup.close).toHaveBeenCalled()
    expect(popup.location.replace).not.toHaveBeenCalled()
  })

  it('opens no window for a signal that is already aborted', async () => {
    const result = createLogin(edges).login({ signal: AbortSignal.abort() })
    await expect(result).rejects.toMatchObject({ code: 'login_aborted' })
    expect(open).not.toHaveBeenCalled()
  })

  it.each([Number.POSITIVE_INFINITY, 2 ** 40])('may take for ever: %d ms', async (timeout) => {
    const result = createLogin(edges).login({ timeout })
    await comeBack('code=abc')
    expect(await result).toBe('signed in with abc')
  })

  it('ends after its timeout', async () => {
    const result = createLogin(edges).login({ timeout: 10 })
    await expect(result).rejects.toMatchObject({ code: 'login_timeout' })
    expect(popup.close).toHaveBeenCalled()
  })

  it('says that it needs a safe page, and leaves nothing behind', async () => {
    const subtle = vi.spyOn(crypto, 'subtle', 'get').mockReturnValue(undefined as never)
    await expect(createLogin(edges).login()).rejects.toMatchObject({ code: 'insecure_page' })
    expect(popup.close).toHaveBeenCalled()
    expect(popup.location.replace).not.toHaveBeenCalled()
    subtle.mockRestore()
  })

  it('stops listening when the window can not be sent anywhere', async () => {
    const close = vi.spyOn(BroadcastChannel.prototype, 'close')
    popup.location.replace.mockImplementation(() => {
      throw new DOMException('Blocked', 'SecurityError')
    })
    await expect(createLogin(edges).login()).rejects.toThrow('Blocked')
    await vi.waitFor(() => expect(close).toHaveBeenCalled())
    close.mockRestore()
  })

  it('refuses a callback page on another origin before a window opens', async () => {
    const roambi = createRoambi({
      clientId: 'client-1',
      proxyUrl: 'http://localhost:4001',
      redirectUri: 'http://127.0.0.1:5173/callback.html',
    })
    await expect(roambi.login()).rejects.toThrow(
      '`redirectUri` is on http://127.0.0.1:5173, but the app runs on http://localhost:5173.',
    )
    expect(open).not.toHaveBeenCalled()
  })
})
