import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { handleCallback } from '../src/callback.ts'
import { receiveCallback } from '../src/callback-channel.ts'

const status = () => document.querySelector('#status')?.textContent

describe('the callback page', () => {
  const listening = new AbortController()
  const close = vi.spyOn(window, 'close').mockImplementation(() => {})

  beforeEach(() => {
    document.body.innerHTML = '<p id="status">Signing you in…</p>'
    close.mockClear()
  })
  afterEach(() => history.replaceState(null, '', '/'))

  const openAt = (query: string) => history.replaceState(null, '', `/callback.html${query}`)

  it('hands its address to the app that waits, and closes', async () => {
    openAt('?code=abc&state=mine')
    const received = receiveCallback('mine', listening.signal)
    await handleCallback()
    expect(await received).toBe('http://localhost:5173/callback.html?code=abc&state=mine')
    expect(close).toHaveBeenCalledOnce()
    expect(status()).toBe('You can close this window.')
  })

  it('takes the code out of its address at once', () => {
    openAt('?code=abc&state=mine')
    const handled = handleCallback({ patience: 1 })
    expect(location.href).toBe('http://localhost:5173/callback.html')
    return handled
  })

  it('says what it is for when somebody opens it by hand', async () => {
    openAt('')
    await handleCallback()
    expect(status()).toContain('go to the app')
    expect(close).not.toHaveBeenCalled()
  })

  it('says that nobody waits when its state is foreign or expired', async () => {
    openAt('?code=abc&state=foreign')
    const other = new AbortController()
    const received = receiveCallback('mine', other.signal)
    await handleCallback({ patience: 50 })
    expect(status()).toContain('sign in again')
    expect(close).not.toHaveBeenCalled()
    other.abort(new Error('nothing came'))
    await expect(received).rejects.toThrow('nothing came')
  })

  it('says so too where there is no way to hand it over', async () => {
    vi.stubGlobal('BroadcastChannel', undefined)
    openAt('?code=abc&state=mine')
    await handleCallback()
    vi.unstubAllGlobals()
    expect(status()).toContain('sign in again')
  })

  it('ignores what else is said on its channel', async () => {
    const received = receiveCallback('mine', listening.signal)
    const stranger = new BroadcastChannel('roambi-auth callback mine')
    for (const noise of [null, 'hello', { callbackUrl: 7 }, { received: true }]) {
      stranger.postMessage(noise)
    }
    openAt('?code=abc&state=mine')
    await handleCallback()
    stranger.close()
    expect(await received).toContain('code=abc')
  })

  it('shows its sentence where the page wants it', async () => {
    openAt('')
    const show = vi.fn()
    await handleCallback({ show })
    expect(show).toHaveBeenCalledOnce()
    expect(status()).toBe('Signing you in…')
  })
})
