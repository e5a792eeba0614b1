// Each page, and each state of the sign-in, is for everyone.

import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { expectAccessible } from '../../spa/test/accessibility.ts'
import { launchChromium } from '../../spa/test/chromium.ts'
import { allow, openPopup, openTab, seePage } from './user.ts'
import { startVite, type ViteServer } from './vite-program.ts'

describe.skipIf(!inject('chromium'))('the app', () => {
  let app: ViteServer
  let browser: Browser
  let context: BrowserContext

  beforeAll(async () => {
    app = await startVite()
    browser = await launchChromium()
    context = await browser.newContext()
    context.setDefaultTimeout(15_000)
  })
  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })

  it('is for everyone while it signs in, and on each page', { timeout: 180_000 }, async () => {
    const page = await openTab(context, app.appUrl)
    await seePage(page, 'Sign in, and be where you wanted to go.')
    await expectAccessible(page, 'for everybody')

    await page.goto(`${app.appUrl}/portals/media`)
    await seePage(page, 'Sign in to go on')
    await expectAccessible(page, 'signed out')
    const denied = await openPopup(page)
    await page.getByText('Can’t see the window?').waitFor()
    await expectAccessible(page, 'signing in')
    await denied.getByRole('button', { name: 'Deny' }).click()
    await page.getByRole('alert').getByText('You did not allow this app').waitFor()
    await expectAccessible(page, 'denied')

    const popup = await openPopup(page)
    const sandboxUrl = new URL(popup.url()).origin
    await allow(popup)
    await page.getByText('Television Spend').waitFor()
    await expectAccessible(page, 'a portal')
    await page.getByRole('link', { name: 'All portals' }).click()
    await page.getByRole('link', { name: 'Client Revenue' }).waitFor()
    await expectAccessible(page, 'all portals')

    const lever = `${sandboxUrl}/sandbox/set?accountDisabled=true`
    expect((await fetch(lever, { method: 'POST' })).ok).toBe(true)
    await page.getByRole('link', { name: 'Profile' }).click()
    await seePage(page, 'Joan Harris')
    await context.setOffline(true)
    await page.getByText('You are offline.').waitFor()
    await expectAccessible(page, 'the profile, offline')
    await context.setOffline(false)
    await page.getByRole('link', { name: 'Portals', exact: true }).click()
    await seePage(page, 'This page could not be shown')
    await expectAccessible(page, 'a page that failed')
  })
})
