// Each state that a sign-in can bring a page to, by its real cause: it is seen, it says what to do
// next, and it is accessible.

import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { type Stack, startStack } from '../stack.ts'
import { expectAccessible } from './accessibility.ts'
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

describe.skipIf(!inject('chromium'))('the page', () => {
  let stack: Stack
  let browser: Browser
  let context: BrowserContext

  beforeAll(async () => {
    stack = await startStack({ pages: 'build', sandboxHost: '127.0.0.1' })
    browser = await launchChromium({ popupBlocker: true })
  })
  afterAll(async () => {
    await browser?.close()
    await stack?.close()
  })
  beforeEach(async () => {
    context = await browser.newContext()
    context.setDefaultTimeout(10_000)
  })
  afterEach(() => context.close())

  it('is readable before its script has come', async () => {
    const page = await context.newPage()
    await page.route('**/*.js', () => {})
    await page.goto(stack.appUrl, { waitUntil: 'commit' })
    await page.getByRole('heading', { name: 'Looking for your session' }).waitFor()
    await expectAccessible(page, 'loading')
  })

  it('welcomes who is signed out, and leads through a sign-in to the portals', async () => {
    const page = await openTab(context, stack)
    await seeSignedOut(page)
    await expectAccessible(page, 'welcome')

    const popup = await openPopup(page)
    await page.getByRole('status').getByText('Can’t see the window?').waitFor()
    await expectAccessible(page, 'popup open')
    await expectAccessible(popup, 'sign-in dialog')

    await popup.getByLabel('Email').fill(stack.sandbox.account.email)
    await popup.getByLabel('Password').fill('wrong')
    await popup.getByRole('button', { name: 'Allow' }).click()
    await popup.getByRole('alert').getByText('Wrong email or password.').waitFor()
    await expectAccessible(popup, 'wrong password')

    await allow(popup, stack)
    await seeNews(page, 'The API answered with your portals.')
    await expectAccessible(page, 'signed in')
  })

  it('says what to do when the browser blocks the window: the sign-in goes on in the tab', async () => {
    const page = await openTab(context, stack)
    await seeSignedOut(page)
    await page.evaluate(pressWithoutUser)
    await seeAlert(page, /Allow pop-ups for this page, or sign in in this tab/)
    await expectAccessible(page, 'popup blocked')

    await page.getByRole('button', { name: 'Sign in in this tab' }).click()
    await allow(page, stack)
    await seeSignedIn(page)
    expect(await page.getByRole('alert').textContent()).toBe('')
  })

  it('offers another window, or to cancel, when the window seems to be closed', async () => {
    const page = await openTab(context, stack)
    await (await openPopup(page)).close()
    await page.getByRole('status').getByText('Still signing in?').waitFor()
    await expectAccessible(page, 'maybe closed')
    await page.getByRole('button', { name: 'Cancel' }).click()
    await seeSignedOut(page)
  })

  it('says that nothing was allowed, until the next sign-in begins', async () => {
    const page = await openTab(context, stack)
    await (await openPopup(page)).getByRole('button', { name: 'Deny' }).click()
    await seeAlert(page, /You did not allow this app/)
    await expectAccessible(page, 'denied')
    await openPopup(page)
    await expect.poll(() => page.getByRole('alert').textContent()).toBe('')
  })

  it('says that Roambi is busy, and that another try may help', async () => {
    const page = await openTab(context, stack)
    const popup = await openPopup(page)
    stack.sandbox.failNext(503)
    await allow(popup, stack)
    await seeAlert(page, /Try again in a minute/)
    await expectAccessible(page, 'busy')
  })

  it('says that the session has ended, also after a reload, and signs in again', async () => {
    const page = await openTab(context, stack)
    await signIn(page, stack)
    await seeNews(page, 'The API answered with your portals.')
    await lever('expire')
    await lever('revoke')
    await page.getByRole('button', { name: 'Load portals again' }).click()
    await seeAlert(page, 'Your session has ended. Sign in again.')
    await seeSignedOut(page)
    await expectAccessible(page, 'session expired')

    await page.reload()
    await seeAlert(page, 'Your session has ended. Sign in again.')
    await signIn(page, stack)
    expect(await page.getByRole('alert').textContent()).toBe('')
  })

  it('says that this browser keeps nothing', async () => {
    await context.addInitScript('IDBFactory.prototype.open = () => { throw new Error("No disk.") }')
    const page = await openTab(context, stack)
    const warning = page.getByRole('status').getByText('signed in until the page is closed')
    await warning.waitFor()
    await expectAccessible(page, 'memory only, signed out')
    await signIn(page, stack)
    await warning.waitFor()
    await seeNews(page, 'The API answered with your portals.')
    await expectAccessible(page, 'memory only, signed in')
  })

  it('says that it is offline, and goes on by itself when it no longer is', async () => {
    const page = await openTab(context, stack)
    await signIn(page, stack)
    await seeNews(page, 'The API answered with your portals.')
    await context.setOffline(true)
    await seeOffline(page, /You stay signed in/)
    await page.getByRole('button', { name: 'Load portals again' }).click()
    await seeAlert(page, /Check your connection/)
    await expectAccessible(page, 'offline')

    await context.setOffline(false)
    await page.getByText('You are offline').waitFor({ state: 'detached' })
    await expect.poll(() => page.getByRole('alert').textContent()).toBe('')
    expect(await answers(page).count()).toBe(2)
  })

  it('that starts offline shows the session, and loads the rest when the network is there', async () => {
    const page = await openTab(context, stack)
    await signIn(page, stack)
    await keepPages(context, stack)
    await context.setOffline(true)
    await page.reload()
    await seeOffline(page, /You stay signed in/)
    await page.getByText('Your portals could not be loaded.').waitFor()
    await seeAlert(page, /Check your connection/)
    await expectAccessible(page, 'offline from the start')

    await context.setOffline(false)
    await seeSignedIn(page)
    await page.getByRole('heading', { name: 'Client Revenue' }).waitFor()
    expect(await page.getByRole('alert').textContent()).toBe('')
  })

  it('that starts offline signed out says when to sign in', async () => {
    await keepPages(context, stack)
    await context.setOffline(true)
    const page = await openTab(context, stack)
    await seeOffline(page, 'Sign in when the connection is back.')
    await expectAccessible(page, 'offline, signed out')
    await context.setOffline(false)
    await signIn(page, stack)
  })

  it('for the answer says that it belongs to a sign-in', async () => {
    const page = await context.newPage()
    await page.goto(`${stack.appUrl}/callback.html`)
    await page.getByRole('status').getByText('To start one, go to the app.').waitFor()
    await expectAccessible(page, 'callback page')
  })

  it("of the proxy's own says why nobody is sent back", async () => {
    const page = await context.newPage()
    await page.goto(`${stack.proxyUrl}/1/callback?code=any&state=any`)
    await page.getByText('Close this window and go back to the app.').waitFor()
    await expectAccessible(page, 'error page of the proxy')
  })

  it.each(['/', '/1/authorize'])('of the sandbox at %s is for everyone', async (path) => {
    const page = await context.newPage()
    await page.goto(stack.sandbox.url + path)
    await page.getByText('Local sandbox').waitFor()
    await expectAccessible(page, path)
  })

  async function lever(name: string): Promise<void> {
    const answer = await fetch(`${stack.sandbox.url}/sandbox/${name}`, { method: 'POST' })
    expect(answer.status).toBe(200)
  }
})

function seeOffline(page: Page, sentence: string | RegExp): Promise<void> {
  return page
    .getByRole('status')
    .filter({ hasText: 'You are offline.' })
    .getByText(sentence)
    .waitFor()
}

function answers(page: Page) {
  return page.getByRole('log').getByText('The API answered with your portals.')
}

/** As a service worker does: the app's files are there without a network, and nothing else is. */
async function keepPages(context: BrowserContext, { appUrl, folder }: Stack): Promise<void> {
  // A page that has come by a route counts as one from elsewhere, which must ask before it speaks
  // to this machine.
  await context.grantPermissions(['local-network-access'])
  await context.route(`${appUrl}/**`, async (route) => {
    const { pathname } = new URL(route.request().url())
    await route.fulfill({ path: join(folder, pathname === '/' ? 'index.html' : pathname) })
  })
}

/** By script, when no gesture of the user's counts any more: the browser's own blocker steps in. */
const pressWithoutUser = `(async () => {
  while (navigator.userActivation.isActive) await new Promise(requestAnimationFrame)
  document.querySelector('#sign-in').click()
})()`
