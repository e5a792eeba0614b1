// The whole way of a user through the example as it would be deployed, in a real Chromium.

import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { type Stack, startStack } from '../stack.ts'
import { launchChromium } from './chromium.ts'
import {
  allow,
  openPopup,
  openTab,
  seeAlert,
  seeNews,
  seeSignedIn,
  seeSignedOut,
  signIn,
} from './user.ts'

describe.skipIf(!inject('chromium'))('the journey', () => {
  let stack: Stack
  let browser: Browser
  let context: BrowserContext

  beforeAll(async () => {
    // As in real life, Roambi is another site: what cookies it lets through is part of the journey.
    stack = await startStack({ pages: 'build', sandboxHost: '127.0.0.1' })
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await stack?.close()
  })
  beforeEach(async () => {
    context = await browser.newContext()
    context.setDefaultTimeout(10_000)
  })
  afterEach(async () => {
    stack.sandbox.set({ coop: '' })
    await context.close()
  })

  it('goes from signing in over a second tab and a renewal to signing out', async () => {
    const one = await openTab(context, stack)
    await signIn(one, stack)
    await one.getByRole('region', { name: 'Profile' }).getByText('joan@scdp.com').waitFor()
    await seeNews(one, /The API answered with your portals/)

    await one.reload()
    await seeSignedIn(one)

    const two = await openTab(context, stack)
    await seeSignedIn(two)

    const before = stack.sandbox.tokenRequests.length
    await one.getByRole('button', { name: 'Expire now' }).click()
    await seeNews(one, /forgot the access token/)
    await one.getByRole('button', { name: 'Load portals again' }).click()
    await seeNews(one, 'Renewed the access token.')
    await seeNews(two, 'Renewed in another tab.')
    const answers = one.getByRole('log').getByText(/The API answered with your portals/)
    await expect.poll(() => answers.count()).toBe(2)
    expect(stack.sandbox.tokenRequests.length - before).toBe(1)

    await one.getByRole('button', { name: 'Renew now' }).click()
    await expect.poll(() => stack.sandbox.tokenRequests.length - before).toBe(2)

    await one.getByRole('button', { name: 'Sign out' }).click()
    await seeSignedOut(one)
    await seeSignedOut(two)
    await seeNews(two, 'Signed out in another tab.')

    await two.reload()
    await seeSignedOut(two)
  })

  it('is joined by a tab that was open before', async () => {
    const [one, two] = [await openTab(context, stack), await openTab(context, stack)]
    await seeSignedOut(two)
    await signIn(one, stack)
    await seeSignedIn(two)
    await seeNews(two, 'Signed in in another tab.')
  })

  it('goes on after a wrong password', async () => {
    const page = await openTab(context, stack)
    const popup = await openPopup(page)
    await popup.getByLabel('Email').fill('joan@scdp.com')
    await popup.getByLabel('Password').fill('wrong')
    await popup.getByRole('button', { name: 'Allow' }).click()
    await popup.getByRole('alert').waitFor()
    await allow(popup, stack)
    await seeSignedIn(page)
  })

  it('ends with a readable word when the user says no', async () => {
    const page = await openTab(context, stack)
    const popup = await openPopup(page)
    await Promise.all([
      popup.waitForEvent('close'),
      popup.getByRole('button', { name: 'Deny' }).click(),
    ])
    await seeAlert(page, /You did not allow this app/)
    await seeSignedOut(page)
  })

  it('can be cancelled, and closes the window', async () => {
    const page = await openTab(context, stack)
    const popup = await openPopup(page)
    await Promise.all([
      popup.waitForEvent('close'),
      page.getByRole('button', { name: 'Cancel' }).click(),
    ])
    await seeSignedOut(page)
    await signIn(page, stack)
  })

  it('says so when the browser blocks the window', async () => {
    const page = await context.newPage()
    await page.goto(`${stack.appUrl}/callback.html`)
    // A frame that may not open windows: blocked for real, in every Chromium.
    await page.setContent(`<iframe sandbox="allow-scripts allow-same-origin" src="/"></iframe>`)
    const app = page.frameLocator('iframe')
    await app.getByRole('button', { name: 'Sign in with Roambi' }).click()
    await seeAlert(app, /Your browser blocked the Roambi window/)
    await seeSignedOut(app)
  })

  it("works while Roambi's pages cut the link between the windows", async () => {
    stack.sandbox.set({ coop: 'same-origin' })
    const page = await openTab(context, stack)
    await signIn(page, stack)
  })

  it('is not disturbed by a callback page that is opened by hand', async () => {
    const page = await openTab(context, stack)
    await seeSignedOut(page)
    const callback = await context.newPage()
    await callback.goto(`${stack.appUrl}/callback.html`)
    await callback.getByText('go to the app').waitFor()
    const before = stack.sandbox.tokenRequests.length
    const asked = noteRequests(context, `${stack.proxyUrl}/1/token`)
    await callback.goto(`${stack.appUrl}/callback.html?code=stolen&state=foreign`)
    await callback.getByText(/go back to the app/i).waitFor()
    expect(callback.url()).toBe(`${stack.appUrl}/callback.html`)
    // The app hears it at once, and finds it again when it is loaded.
    for (const look of [() => seeSignedOut(page), () => page.reload()]) {
      await look()
      await seeSignedOut(page)
      await seeNews(page, 'Nobody is signed in.')
      expect(await page.locator('[role=alert]:visible, .failure').count()).toBe(0)
    }
    // And the next sign-in, for which the app looks through its mail, is its own.
    await signIn(page, stack)
    expect(asked.filter((body) => body?.includes('stolen'))).toEqual([])
    expect(stack.sandbox.tokenRequests.length - before).toBe(1)
  })

  it('fits a phone', async () => {
    const page = await openTab(context, stack)
    await page.setViewportSize({ width: 375, height: 667 })
    await signIn(page, stack)
    await seeNews(page, /The API answered with your portals/)
    const overhang = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(overhang).toBe(0)
  })
})

/** The bodies of the requests to this address from now on. */
function noteRequests(context: BrowserContext, url: string): (string | null)[] {
  const bodies: (string | null)[] = []
  context.on('request', (request) => {
    if (request.url() === url) bodies.push(request.postData())
  })
  return bodies
}
