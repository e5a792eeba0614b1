// What must hold in every browser engine, with the example as it would be deployed.

import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type Stack, startStack } from '../stack.ts'
import { type Browser, patience, type Tab } from './engines/engine.ts'
import { describeInEachEngine } from './engines/engines.ts'
import { failuresIn, seeSignedOut, signIn, signOut, user } from './engines/person.ts'
import { useStoredKey } from './engines/stored-key.ts'
import { createTokenLog } from './token-log.ts'

let stack: Stack
const tokenLog = createTokenLog()

beforeAll(async () => {
  // As in real life, Roambi is another site.
  stack = await startStack({ pages: 'build', sandboxHost: '127.0.0.1', proxyLog: tokenLog })
})
afterAll(() => stack?.close())

describeInEachEngine('the example', (engine) => {
  let browser: Browser

  beforeAll(async () => {
    browser = await engine.launch()
  })
  afterAll(() => browser?.close())
  afterEach(async () => {
    stack.sandbox.set({ latency: 0 })
    await browser.startAnew()
  })

  it('signs in, stays signed in, renews, and signs out', async () => {
    const tab = await browser.openTab(stack.appUrl)
    await signIn(tab, stack)
    await tab.see('The API answered with your portals')

    await tab.reload()
    await tab.see(user)

    const before = stack.sandbox.tokenRequests.length
    await expire(tab)
    await tab.click('Load portals again')
    await tab.see('Renewed the access token.')
    expect(stack.sandbox.tokenRequests.length - before).toBe(1)

    await signOut(tab)
    await tab.reload()
    await seeSignedOut(tab)
  })

  it('is one for all tabs, opened before or after the sign-in', async () => {
    const before = await browser.openTab(stack.appUrl)
    const tab = await browser.openTab(stack.appUrl)
    await seeSignedOut(before)
    const answered = tokenLog.answers.length
    await signIn(tab, stack)
    await before.see(user)
    // Both have heard the answer, and one has redeemed it.
    expect(tokenLog.answers.slice(answered)).toEqual([200])
    await before.see('Signed in in another tab.')
    const after = await browser.openTab(stack.appUrl)
    await after.see(user)

    const { sandbox } = stack
    let sent = sandbox.tokenRequests.length
    await expire(tab)
    await tab.click('Load portals again')
    for (const other of [before, after]) await other.see('Renewed in another tab.')
    expect(sandbox.tokenRequests.length - sent).toBe(1)

    // Long enough for all three to meet a 401 before one of them has renewed.
    sandbox.set({ latency: 500 })
    sent = sandbox.tokenRequests.length
    const called = sandbox.apiRequests.length
    const tabs = [before, tab, after]
    await expire(tab)
    for (const each of tabs) await each.evaluate('performance.clearResourceTimings()')
    await Promise.all(tabs.map((each) => each.click('Load portals again')))
    const succeeded = () => sandbox.apiRequests.slice(called).filter(({ status }) => status === 200)
    await expect.poll(() => succeeded().length, { timeout: patience }).toBe(3)
    expect(sandbox.tokenRequests.length - sent).toBe(1)
    const asked = await Promise.all(tabs.map((each) => each.evaluate(hasAskedForTokens)))
    expect(asked.filter(Boolean)).toEqual([true])

    await signOut(after)
    for (const other of [before, tab]) {
      await seeSignedOut(other)
      await other.see('Signed out in another tab.')
    }
  })

  it('keeps a key that signs after a reload too, and that no script can read', async () => {
    const tab = await browser.openTab(stack.appUrl)
    await signIn(tab, stack)
    const key = await useStoredKey(tab)
    expect(key).toMatchObject({
      extractable: false,
      exports: ['InvalidAccessError', 'InvalidAccessError'],
      signatureIsGood: true,
    })
    await tab.reload()
    await tab.see(user)
    expect(await useStoredKey(tab)).toEqual(key)
  })

  it('says so when the browser blocks the window, and opens it after a click', async () => {
    const tab = await browser.openTab(stack.appUrl)
    await seeSignedOut(tab)
    await tab.evaluate(`void Object.assign(window, { unhandled: [] }, {
      onerror: (message) => void unhandled.push(message),
      onunhandledrejection: ({ reason }) => void unhandled.push(String(reason)),
    })`)
    await tab.evaluate(clickWithoutUser)
    await tab.see('Your browser blocked the Roambi window')
    expect(await failuresIn(tab)).toHaveLength(1)
    await signIn(tab, stack)
    expect(await tab.evaluate('unhandled')).toEqual([])
  })
})

async function expire(tab: Tab): Promise<void> {
  await tab.click('Expire now')
  await tab.see('forgot the access token')
}

// The proxy joins requests that are the same: that one tab asked for all can be seen in the tabs.
const hasAskedForTokens = `performance.getEntriesByType('resource').some(
  ({ name }) => name.endsWith('/1/token'))`

/** By script, when no gesture of the user's counts any more, as the driver's own may do. */
const clickWithoutUser = `(async () => {
  while (navigator.userActivation.isActive) await new Promise(requestAnimationFrame)
  document.querySelector('#sign-in').click()
})()`
