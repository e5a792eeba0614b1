// What a user reads when something is in the way, in a real Chromium.

import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { launchChromium } from '../../spa/test/chromium.ts'
import { noteComplaints } from './complaints.ts'
import { allow, openPopup, openTab, seePage, signIn } from './user.ts'
import { startVite, type ViteServer } from './vite-program.ts'

describe.skipIf(!inject('chromium'))('the app tells its user', () => {
  let app: ViteServer
  let browser: Browser
  let context: BrowserContext
  let complaints: string[]
  let sandboxUrl: string

  beforeAll(async () => {
    app = await startVite()
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })
  beforeEach(async () => {
    context = await browser.newContext()
    context.setDefaultTimeout(15_000)
    complaints = noteComplaints(context)
  })
  afterEach(() => context.close())

  /** A tab that is signed in, at this path. */
  async function openSignedIn(path: string): Promise<Page> {
    const page = await openTab(context, app.appUrl + path)
    const popup = await openPopup(page)
    sandboxUrl = new URL(popup.url()).origin
    await Promise.all([popup.waitForEvent('close'), allow(popup)])
    return page
  }

  async function pull(lever: string): Promise<void> {
    const response = await fetch(`${sandboxUrl}/sandbox/${lever}`, { method: 'POST' })
    expect(response.ok).toBe(true)
  }

  it('that the browser blocked the window', async () => {
    const page = await openTab(context, `${app.appUrl}/callback.html`)
    // A frame that may not open windows: blocked for real, in every Chromium.
    await page.setContent(`<iframe sandbox="allow-scripts allow-same-origin" src="/sign-in">`)
    const frame = page.frameLocator('iframe')
    await frame.getByRole('button', { name: 'Sign in with Roambi' }).click()
    await frame
      .getByRole('alert')
      .getByText(/Your browser blocked the Roambi window/)
      .waitFor()
    await frame.getByRole('button', { name: 'Sign in in this tab' }).waitFor()
  })

  it('that the window may have been closed, and goes on all the same', async () => {
    const page = await openTab(context, `${app.appUrl}/sign-in`)
    await (await openPopup(page)).close()
    await page.getByRole('status').getByText('Still signing in?').waitFor()
    const popup = await openPopup(page, 'Open the Roambi window again')
    await allow(popup)
    await seePage(page, 'Your portals')
    expect(complaints).toEqual([])
  })

  it('that the session has ended, and then goes on where it was', async () => {
    const page = await openSignedIn('/portals')
    await seePage(page, 'Your portals')
    await pull('revoke')
    await pull('expire')
    await page.getByRole('link', { name: 'Media' }).click()
    await seePage(page, 'Your session has ended')
    await signIn(page)
    await seePage(page, 'Media')
    await page.getByText('Television Spend').waitFor()
    // The network's lines about what was refused are in place; React's would not be.
    expect(complaints.filter((line) => !line.startsWith('Failed to load resource'))).toEqual([])
  })

  it('that there is no network, until there is', async () => {
    const page = await openTab(context, app.appUrl)
    const notice = page.getByRole('status').getByText('You are offline.')
    await context.setOffline(true)
    await notice.waitFor()
    await context.setOffline(false)
    await notice.waitFor({ state: 'detached' })
  })

  it('that the browser keeps nothing', async () => {
    await context.addInitScript(
      "Object.defineProperty(window, 'indexedDB', { get: () => undefined })",
    )
    const page = await openSignedIn('/profile')
    await page.getByRole('status').getByText('signed in until the page is closed').waitFor()
    await page.getByText('this page alone').waitFor()
    await page.reload()
    await seePage(page, 'Sign in to go on')
    expect(complaints).toEqual([])
  })

  it('that a page could not be loaded, and loads it again', async () => {
    const page = await openSignedIn('/profile')
    await seePage(page, 'Joan Harris')
    await pull('set?accountDisabled=true')
    await page.getByRole('link', { name: 'Portals', exact: true }).click()
    await seePage(page, 'This page could not be shown')
    await pull('set?accountDisabled=false')
    await page.getByRole('button', { name: 'Try again' }).click()
    await seePage(page, 'Your portals')
    await page.getByRole('link', { name: 'Media' }).waitFor()
  })

  it('which page has come, to keyboards and screen readers too', async () => {
    const page = await openSignedIn('/portals')
    const link = page.getByRole('link', { name: 'Media' })
    await link.focus()
    await page.keyboard.press('Enter')
    await seePage(page, 'Media')
    const focused = () => page.evaluate(() => document.activeElement?.tagName)
    await expect.poll(focused).toBe('MAIN')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await seePage(page, 'Your portals')
    expect(await page.title()).toBe('Portals · Roambi sign-in with React')
  })

  it('all of it on a phone', async () => {
    const page = await openSignedIn('/portals')
    await page.setViewportSize({ width: 320, height: 640 })
    for (const path of ['/', '/portals', '/portals/media', '/profile', '/nowhere']) {
      await page.goto(app.appUrl + path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      const overhang = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect([path, overhang]).toEqual([path, 0])
    }
  })
})
