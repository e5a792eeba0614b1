// A browser that keeps no data for the page: all works, for as long as the page is there.

import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { type Stack, startStack } from '../stack.ts'
import { launchChromium } from './chromium.ts'
import { openTab, seeNews, seeSignedIn, seeSignedOut, signIn, signOut } from './user.ts'

describe.skipIf(!inject('chromium'))('without IndexedDB', () => {
  let stack: Stack
  let browser: Browser
  let context: BrowserContext

  beforeAll(async () => {
    stack = await startStack({ pages: 'build', sandboxHost: '127.0.0.1' })
    browser = await launchChromium()
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

  it.each([
    [
      'is not there',
      "Object.defineProperty(window, 'indexedDB', { get: () => undefined })",
      /session is deleted/,
    ],
    [
      'is forbidden',
      `Object.defineProperty(window, 'indexedDB', {
        get() { throw new DOMException('No.', 'SecurityError') },
      })`,
      /session is deleted/,
    ],
    // It may have a session of another day.
    ['never opens', 'IDBFactory.prototype.open = () => new EventTarget()', /could not be reached/],
  ])('a user signs in all the same, where it %s', async (_, breakIt, deletion) => {
    await context.addInitScript(breakIt)
    const page = await openTab(context, stack)
    const warning = page.getByRole('status').getByText('signed in until the page is closed')
    await signIn(page, stack)
    await warning.waitFor()
    await seeNews(page, /The API answered with your portals/)

    const before = stack.sandbox.tokenRequests.length
    await page.getByRole('button', { name: 'Expire now' }).click()
    await seeNews(page, /forgot the access token/)
    await page.getByRole('button', { name: 'Load portals again' }).click()
    await seeNews(page, 'Renewed the access token.')
    expect(stack.sandbox.tokenRequests.length - before).toBe(1)
    await seeSignedIn(page)

    await signOut(page, deletion)
    await seeNews(page, 'Signed out.')

    await signIn(page, stack)
    await page.reload()
    await seeSignedOut(page)
    await warning.waitFor()
  })
})
