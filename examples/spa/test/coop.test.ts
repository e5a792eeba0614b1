// Cross-Origin-Opener-Policy: whichever of the three pages of a sign-in send it, the app gets its
// answer, and does not take a window that reads as closed for a sign-in that was cancelled.

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Stack, startStack } from '../stack.ts'
import { type Browser, patience, type Tab } from './engines/engine.ts'
import { describeInEachEngine } from './engines/engines.ts'
import { allow, failuresIn, seeSignedOut, signOut, user } from './engines/person.ts'

const policies = ['', 'same-origin-allow-popups', 'same-origin']

const combinations = policies.flatMap((app) =>
  policies.flatMap((dialog) => policies.map((callback) => ({ app, dialog, callback }))),
)

let stack: Stack

beforeAll(async () => {
  stack = await startStack({ pages: 'build', sandboxHost: '127.0.0.1' })
})
afterAll(() => stack?.close())

describeInEachEngine('a sign-in is delivered', (engine) => {
  let browser: Browser
  let opened: Tab | undefined
  let failures = 0

  beforeAll(async () => {
    browser = await engine.launch()
  })
  afterAll(() => browser?.close())
  beforeEach(({ skip }) => skip(failures === 3, 'Three have failed, and the rest would take long.'))
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return
    failures += 1
    opened = undefined
    await browser.startAnew()
  })

  it.each([...combinations, { app: '', dialog: 'noopener-allow-popups', callback: '' }])(
    'when the app sends $app, the dialog $dialog, and the callback page $callback',
    async ({ app, dialog, callback }) => {
      stack.setCoop({ app, callback })
      stack.sandbox.set({ coop: dialog })
      expect(await coopOf(`${stack.appUrl}/callback.html?code=any`)).toBe(callback)
      const tab = await openApp()
      const popup = await tab.clickForPopup('Sign in with Roambi')
      await popup.see('Allow')
      // In the other cases the engines differ: WebKit cuts more of them, and Firefox less.
      const isCut = app === 'same-origin' || dialog.startsWith('same-origin')
      if (isCut) await tab.evaluate(readsAsClosed)

      await allow(popup, stack)
      await tab.see(user)
      expect(await failuresIn(tab)).toEqual([])
      await signOut(tab)
    },
  )

  it('when the window has read as closed for longer than it takes to sign in', async () => {
    stack.setCoop({})
    stack.sandbox.set({ coop: 'same-origin' })
    const tab = await openApp()
    const popup = await tab.clickForPopup('Sign in with Roambi')
    await tab.evaluate(readsAsClosed)
    await tab.evaluate('new Promise((resolve) => setTimeout(resolve, 3000))')
    // The window has the focus: nothing is said. A driven Chromium says to each page that it has it.
    const isLookedAt = engine.name === 'Chromium'
    expect(await tab.evaluate('document.hasFocus()')).toBe(isLookedAt)
    const hint = 'Still signing in?'
    if (isLookedAt) await tab.see(hint)
    else expect(await tab.evaluate(`document.body.innerText.includes('${hint}')`)).toBe(false)
    if (tab.bringToFront) {
      await tab.bringToFront()
      await tab.see(hint)
    }
    await allow(popup, stack)
    await tab.see(user)
    expect(await failuresIn(tab)).toEqual([])
  })

  async function openApp(): Promise<Tab> {
    opened ??= await browser.openTab(stack.appUrl)
    await opened.reload()
    await seeSignedOut(opened)
    await opened.evaluate(noteWindow)
    return opened
  }
})

async function coopOf(url: string): Promise<string> {
  const { headers } = await fetch(url)
  return headers.get('cross-origin-opener-policy') ?? ''
}

/** Keeps the window that the app opens, to see what the app sees of it. */
const noteWindow = `void (window.open = ((open) => (...request) => {
  window.signInWindow = open(...request)
  return window.signInWindow
})(window.open))`

const readsAsClosed = `new Promise((resolve, reject) => {
  const giveUp = setTimeout(reject, ${patience}, new Error('The window never read as closed.'))
  const polling = setInterval(() => {
    if (!signInWindow.closed) return
    clearTimeout(giveUp)
    clearInterval(polling)
    resolve()
  }, 30)
})`
