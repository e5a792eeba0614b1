// A sign-in in place of the page: for browsers that block windows, and on phones.

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Stack, startStack } from '../stack.ts'
import type { Browser, Tab } from './engines/engine.ts'
import { describeInEachEngine } from './engines/engines.ts'
import { failuresIn, fillIn, seeSignedOut, signOut, user } from './engines/person.ts'
import { createTokenLog } from './token-log.ts'

let stack: Stack
const tokenLog = createTokenLog()

beforeAll(async () => {
  stack = await startStack({ pages: 'build', sandboxHost: '127.0.0.1', proxyLog: tokenLog })
})
afterAll(() => stack?.close())

describeInEachEngine('a sign-in in the same tab', (engine) => {
  let browser: Browser
  let address: string
  let tab: Tab

  beforeAll(async () => {
    browser = await engine.launch()
  })
  afterAll(() => browser?.close())
  beforeEach(async () => {
    address = `${stack.appUrl}/?from=a%20mail&code=mine#what-happens`
    tab = await browser.openTab(address)
    await tab.click('Sign in in this tab')
    await tab.see('Allow')
  })
  afterEach(async () => {
    await browser.startAnew()
    tokenLog.answers.length = 0
  })

  it('comes back to where it began, and is not repeated by going back', async () => {
    await fillIn(tab, stack)
    await tab.see(user)
    expect(await tab.evaluate('location.href')).toBe(address)
    expect(await failuresIn(tab)).toEqual([])

    // The callback page is in no history: before the app comes Roambi's dialog, and the app again.
    await tab.goBack()
    await tab.see('Sign in to Roambi Business')
    await tab.goBack()
    await tab.see(user)
    expect(await tab.evaluate('location.href')).toBe(address)
    expect(await tab.evaluate('document.querySelector("#notice").textContent')).toBe('')
    await signOut(tab)
    await tab.reload()
    await seeSignedOut(tab)
    expect(tokenLog.answers.splice(0)).toEqual([200])
  })

  it('comes back with a readable word when the user says no', async () => {
    await tab.click('Deny')
    await tab.see('You did not allow this app')
    await seeSignedOut(tab)
    expect(await tab.evaluate('location.href')).toBe(address)
    await tab.reload()
    await seeSignedOut(tab)
    expect(await failuresIn(tab)).toEqual([])
    expect(tokenLog.answers).toEqual([])
  })
})
