// A page that comes back: from a time without a network, and out of the back/forward cache.

import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { type Stack, startStack } from '../stack.ts'
import { launchChromium } from './chromium.ts'
import { openTab, seeAlert, seeNews, seeSignedIn, seeSignedOut, signIn } from './user.ts'

describe.skipIf(!inject('chromium'))('a page that comes back', () => {
  let stack: Stack
  let browser: Browser
  let context: BrowserContext

  beforeAll(async () => {
    stack = await startStack({ pages: 'build', sandboxHost: '127.0.0.1' })
    browser = await launchChromium({ backForwardCache: true })
  })
  afterAll(async () => {
    await browser?.close()
    await stack?.close()
  })
  beforeEach(async () => {
    context = await browser.newContext()
    context.setDefaultTimeout(20_000)
  })
  afterEach(() => context.close())

  it('renews by itself when the network is back, after a day without one', async () => {
    await context.clock.install()
    const page = await openTab(context, stack)
    await signIn(page, stack)
    await seeNews(page, /The API answered with your portals/)

    await context.setOffline(true)
    // From here on no timer fires unless it is told to: what happens is not the timers' doing.
    await context.clock.pauseAt(Date.now() + 25 * 3_600_000)
    await page.getByRole('button', { name: 'Load portals again' }).click()
    await seeAlert(page, /Check your connection/)
    await seeSignedIn(page)
    await page.getByRole('timer').getByText('0 s').waitFor()

    await context.clock.runFor(10)
    const before = stack.sandbox.tokenRequests.length
    await context.setOffline(false)
    await seeNews(page, 'Renewed the access token.')
    expect(stack.sandbox.tokenRequests.length - before).toBe(1)
    await seeSignedIn(page)
  })

  it('out of the back/forward cache knows what it has missed', async () => {
    const page = await openTab(context, stack)
    await signIn(page, stack)
    // A message would end the page that waits in the cache, which would then be loaded anew.
    await context.addInitScript('delete window.BroadcastChannel')
    const other = await openTab(context, stack)
    await seeSignedIn(other)

    await leave(page, stack)
    await other.getByRole('button', { name: 'Sign out' }).click()
    await seeSignedOut(other)
    await comeBack(page)
    await seeSignedOut(page)
    await seeNews(page, 'Signed out in another tab.')

    await leave(page, stack)
    await signIn(other, stack)
    await comeBack(page)
    await seeSignedIn(page)
    await seeNews(page, 'Signed in in another tab.')
  })
})

async function leave(page: Page, { sandbox }: Stack): Promise<void> {
  await page.evaluate(`addEventListener('pageshow', ({ persisted }) => {
    window.cameBack = persisted
  })`)
  await page.goto(sandbox.url)
}

/** Fails unless the page is the one that was left, as it was. */
async function comeBack(page: Page): Promise<void> {
  await page.goBack({ waitUntil: 'commit' })
  await expect.poll(() => page.evaluate('window.cameBack')).toBe(true)
}
