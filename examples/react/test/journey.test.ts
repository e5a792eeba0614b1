// The whole way of a user through the app, in a real Chromium: from Vite's dev server with StrictMode,
// and as it is built.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { launchChromium } from '../../spa/test/chromium.ts'
import { noteComplaints } from './complaints.ts'
import { allow, openPopup, openTab, seePage, signIn, signOut } from './user.ts'
import { runVite, startVite, type ViteServer } from './vite-program.ts'

const deepLink = '/portals/media?from=a%20mail#contents'

describe.skipIf(!inject('chromium')).each(['in development', 'as it is built'])('%s', (how) => {
  let folder: string
  let app: ViteServer
  let browser: Browser
  let context: BrowserContext
  let complaints: string[]

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'roambi-auth-react-'))
    if (how === 'in development') app = await startVite()
    else {
      await runVite('build', '--outDir', folder, '--logLevel', 'warn')
      app = await startVite('preview', '--outDir', folder)
    }
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await app?.close()
    await rm(folder, { recursive: true })
  })
  beforeEach(async () => {
    context = await browser.newContext()
    context.setDefaultTimeout(15_000)
    complaints = noteComplaints(context)
  })
  afterEach(async () => {
    await context.close()
    expect(complaints).toEqual([])
  })

  it('a link into the app leads there, after signing in; and the session is kept', async () => {
    const page = await openTab(context, app.appUrl + deepLink)
    await seePage(page, 'Sign in to go on')
    expect(new URL(page.url()).pathname).toBe('/sign-in')
    await signIn(page)
    await seePage(page, 'Media')
    await page.getByText('Television Spend').waitFor()
    expect(page.url()).toBe(app.appUrl + deepLink)
    expect(await page.title()).toBe('Media · Roambi sign-in with React')

    await page.reload()
    await seePage(page, 'Media')
    // The sign-in is in no history.
    await page.goBack()
    expect(page.url()).toBe('about:blank')
  })

  it('it does so too where the user signs in in the same tab', async () => {
    const page = await openTab(context, app.appUrl + deepLink)
    await page.getByRole('button', { name: 'Sign in in this tab' }).click()
    await allow(page)
    await seePage(page, 'Media')
    expect(page.url()).toBe(app.appUrl + deepLink)
    await page.getByText('Television Spend').waitFor()
    await page.reload()
    await seePage(page, 'Media')
  })

  it('and where the user says no there first, and then signs in', async () => {
    const page = await openTab(context, app.appUrl + deepLink)
    await page.getByRole('button', { name: 'Sign in in this tab' }).click()
    await page.getByRole('button', { name: 'Deny' }).click()
    await page
      .getByRole('alert')
      .getByText(/You did not allow this app/)
      .waitFor()
    await signIn(page)
    await seePage(page, 'Media')
    expect(page.url()).toBe(app.appUrl + deepLink)
  })

  it('all tabs are signed in and out together', async () => {
    const one = await openTab(context, `${app.appUrl}/profile`)
    const two = await openTab(context, `${app.appUrl}/portals`)
    await seePage(two, 'Sign in to go on')
    await signIn(one)
    await seePage(one, 'Joan Harris')
    await seePage(two, 'Your portals')
    await two.getByRole('link', { name: 'Client Revenue' }).click()
    await two.getByText('Quarterly Forecast').waitFor()

    await signOut(one)
    await seePage(one, 'Sign in, and be where you wanted to go.')
    await seePage(two, 'Sign in to go on')
    await two.reload()
    await seePage(two, 'Sign in to go on')
    await signIn(two)
    await seePage(two, 'Client Revenue')
  })

  it('a page that is not there says so, also among the portals', async () => {
    const page = await openTab(context, `${app.appUrl}/portals/of-somebody-else`)
    await signIn(page)
    await seePage(page, 'There is no such page')
    await page.goto(`${app.appUrl}/nowhere`)
    await seePage(page, 'There is no such page')
    await page.getByRole('link', { name: 'To the start' }).click()
    await seePage(page, 'Sign in, and be where you wanted to go.')
  })

  it('the callback page says where to go, when it is opened by hand', async () => {
    const page = await openTab(context, `${app.appUrl}/callback.html`)
    await page.getByText('go to the app').waitFor()
  })

  it('one popup is opened for any number of clicks, and can be cancelled', async () => {
    const page = await openTab(context, `${app.appUrl}/sign-in`)
    const popup = await openPopup(page)
    await page.getByText('Can’t see the window?').waitFor()
    await page.getByRole('button', { name: 'Continue in the Roambi window' }).click()
    expect(context.pages()).toHaveLength(2)
    await Promise.all([
      popup.waitForEvent('close'),
      page.getByRole('button', { name: 'Cancel' }).click(),
    ])
    const button = page.getByRole('button', { name: 'Sign in with Roambi' })
    await button.waitFor()
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true)
    await signIn(page)
    await seePage(page, 'Your portals')
  })
})
