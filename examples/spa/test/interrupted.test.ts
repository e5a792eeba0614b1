// Sign-ins that something comes between: a reload, a closed tab, a closed window, another tab.

import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type Stack, startStack } from '../stack.ts'
import type { Browser } from './engines/engine.ts'
import { describeInEachEngine } from './engines/engines.ts'
import { allow, failuresIn, fillIn, seeSignedOut, signIn, signOut, user } from './engines/person.ts'
import { createTokenLog } from './token-log.ts'

let stack: Stack
const tokenLog = createTokenLog()

beforeAll(async () => {
  stack = await startStack({ pages: 'build', sandboxHost: '127.0.0.1', proxyLog: tokenLog })
})
afterAll(() => stack?.close())

describeInEachEngine('a sign-in that something comes between', (engine) => {
  let browser: Browser

  beforeAll(async () => {
    browser = await engine.launch()
  })
  afterAll(() => browser?.close())
  afterEach(async () => {
    await browser.startAnew()
    tokenLog.answers.length = 0
  })

  it('goes on in an app that was reloaded meanwhile, and in one of two tabs', async () => {
    const tab = await browser.openTab(stack.appUrl)
    const popup = await tab.clickForPopup('Sign in with Roambi')
    await popup.see('Allow')
    await tab.reload()
    await seeSignedOut(tab)
    await allow(popup, stack)
    await tab.see(user)
    expect(tokenLog.answers.splice(0)).toEqual([200])
    await signOut(tab)

    // Now two tabs hear the answer, and neither of them has opened the window.
    const other = await browser.openTab(stack.appUrl)
    await seeSignedOut(other)
    const next = await tab.clickForPopup('Sign in with Roambi')
    await next.see('Allow')
    await tab.reload()
    await seeSignedOut(tab)
    await allow(next, stack)
    for (const each of [tab, other]) {
      await each.see(user)
      expect(await failuresIn(each)).toEqual([])
    }
    expect(tokenLog.answers.splice(0)).toEqual([200])
  })

  it('goes on in an app that was closed, and is opened again after the answer', async () => {
    const tab = await browser.openTab(stack.appUrl)
    const popup = await tab.clickForPopup('Sign in with Roambi')
    await popup.see('Allow')
    await tab.close()
    await fillIn(popup, stack)
    await popup.see('Close this window')
    expect(tokenLog.answers).toEqual([])

    const later = await browser.openTab(stack.appUrl)
    await later.see(user)
    await popup.closed()
    expect(await failuresIn(later)).toEqual([])
    expect(tokenLog.answers.splice(0)).toEqual([200])
  })

  it('can be cancelled, or begun again, when the user has closed the window', async () => {
    const tab = await browser.openTab(stack.appUrl)
    await (await tab.clickForPopup('Sign in with Roambi')).close()
    await tab.see('Still signing in?')
    await tab.click('Cancel')
    await signIn(tab, stack)
    await signOut(tab)

    await (await tab.clickForPopup('Sign in with Roambi')).close()
    await tab.see('Still signing in?')
    const popup = await tab.clickForPopup('Open the Roambi window again')
    await tab.see('Can’t see the window?')
    await allow(popup, stack)
    await tab.see(user)
  })
})
