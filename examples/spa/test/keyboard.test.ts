// The page for who has no mouse, does not want movement, or needs other colours or larger text.

import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { type Stack, startStack } from '../stack.ts'
import { launchChromium } from './chromium.ts'
import { seeFocus, tabStops, tabTo } from './keyboard.ts'
import { openTab, seeNews, seeSignedIn, seeSignedOut, signIn } from './user.ts'

describe.skipIf(!inject('chromium'))('the page', () => {
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
    context.setDefaultTimeout(10_000)
  })
  afterEach(() => context.close())

  it('is used from sign-in to sign-out with the keyboard alone', async () => {
    const page = await openTab(context, stack)
    await seeSignedOut(page)
    await tabTo(page, 'Sign in with Roambi')
    const popup = await pressForPopup(page, 'Enter')

    await seeFocus(popup, 'Email')
    await popup.keyboard.type(stack.sandbox.account.email)
    await tabTo(popup, 'Password')
    await popup.keyboard.type('wrong')
    await popup.keyboard.press('Enter')
    await popup.getByRole('alert').waitFor()
    await seeFocus(popup, 'Password')
    await popup.keyboard.type(stack.sandbox.account.password)
    await tabTo(popup, 'Allow')
    await Promise.all([popup.waitForEvent('close'), popup.keyboard.press('Space')])

    await seeFocus(page, /^Signed in as/)
    await seeNews(page, 'The API answered with your portals.')
    expect(await page.locator('#announcement').textContent()).toBe('Signed in.')
    await tabTo(page, 'Load portals again')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.locator('#announcement').textContent()).toMatch(/up to date/)
    // The log scrolls, and so it can be reached.
    await tabTo(page, 'What happened')

    await page.getByRole('heading', { name: /^Signed in as/ }).focus()
    await tabTo(page, 'Sign out')
    await page.keyboard.press('Space')
    await seeFocus(page, 'Sign in once. Stay signed in.')
    expect(await page.locator('#announcement').textContent()).toBe('Signed out.')
  })

  it.each(['Cancel', 'Escape'])('is left with the focus on the button after %s', async (way) => {
    const page = await openTab(context, stack)
    await seeSignedOut(page)
    await tabTo(page, 'Sign in with Roambi')
    const popup = await pressForPopup(page, 'Space')
    await page.bringToFront()
    if (way === 'Cancel') await tabTo(page, 'Cancel')
    const key = way === 'Cancel' ? 'Enter' : 'Escape'
    await Promise.all([popup.waitForEvent('close'), page.keyboard.press(key)])
    await seeFocus(page, 'Sign in with Roambi')
  })

  it('keeps the focus on the button when the user says no', async () => {
    const page = await openTab(context, stack)
    await seeSignedOut(page)
    await tabTo(page, 'Sign in with Roambi')
    const popup = await pressForPopup(page, 'Enter')
    await tabTo(popup, 'Deny')
    await Promise.all([popup.waitForEvent('close'), popup.keyboard.press('Enter')])
    await page
      .getByRole('alert')
      .getByText(/You did not allow/)
      .waitFor()
    await seeFocus(page, 'Sign in with Roambi')
  })

  it('is walked through in the order in which it is read', async () => {
    const page = await openTab(context, stack)
    await seeSignedOut(page)
    expect(await tabStops(page)).toEqual([
      'Sign in with Roambi',
      'Sign in in this tab',
      'The client secret never reaches this page',
      'What happened',
    ])
    await signIn(page, stack)
    await page.reload()
    await seeSignedIn(page)
    expect(await tabStops(page)).toEqual([
      'Sign out',
      'Renew now',
      'Expire now',
      'Load portals again',
      'What happened',
    ])
  })

  it('moves nothing for who asks for less motion, and something for who does not', async () => {
    const page = await openTab(context, stack)
    await seeSignedOut(page)
    await (await pressSignIn(page)).close()
    await page.getByText('Still signing in?').waitFor()
    expect(await motions(page)).toContain('turn')
    await page.emulateMedia({ reducedMotion: 'reduce' })
    expect(await motions(page)).toEqual([])
    await page.getByRole('button', { name: 'Cancel' }).click()
    await signIn(page, stack)
    await seeNews(page, 'The API answered with your portals.')
    expect(await motions(page)).toEqual([])
  })

  it('announces what matters, and not what is in the log', async () => {
    const page = await openTab(context, stack)
    await signIn(page, stack)
    await seeNews(page, 'The API answered with your portals.')
    expect(await page.getByRole('log').getAttribute('aria-live')).toBe('off')
    await page.evaluate(noteAnnouncements)
    await page.getByRole('button', { name: 'Renew now' }).click()
    const announced = () => page.evaluate<string[]>('announced')
    await expect.poll(announced).toEqual(['The access token is a new one.'])
  })

  it('is readable in the colours that the system forces on it', async () => {
    await context.close()
    context = await browser.newContext({ forcedColors: 'active' })
    const page = await openTab(context, stack)
    await seeSignedOut(page)
    // What is quiet in its own colour would be loud in the system's, behind the words.
    const decoration = `getComputedStyle(document.querySelector('#welcome'), '::after').display`
    expect(await page.evaluate(decoration)).toBe('none')
    await signIn(page, stack)
    await seeNews(page, 'The API answered with your portals.')
    const edges = await page.evaluate<
      string[]
    >(`['#sign-out', '.badge', '.card', '.portals li'].map(
      (selector) => getComputedStyle(document.querySelector(selector)).borderTopStyle)`)
    expect(edges).toEqual(['solid', 'solid', 'solid', 'solid'])
    const [ring, track] = await page.evaluate<[string, string]>(
      `['.ring .left', '.ring .track'].map((it) => getComputedStyle(document.querySelector(it)).stroke)`,
    )
    expect(ring).not.toBe(track)
  })

  it('has stronger lines for who asks for more contrast', async () => {
    const page = await openTab(context, stack)
    await seeSignedOut(page)
    const colors = () =>
      page.evaluate<[string, string]>(
        `['.lead', 'h1:not(.unseen)'].map((it) => getComputedStyle(document.querySelector(it)).color)`,
      )
    const [quiet, text] = await colors()
    expect(quiet).not.toBe(text)
    await page.emulateMedia({ contrast: 'more' })
    const [lead, heading] = await colors()
    expect(lead).toBe(heading)
  })

  it('fits its window with text twice as large, and at a zoom of 400 %', async () => {
    const page = await openTab(context, stack)
    await signIn(page, stack)
    await seeNews(page, 'The API answered with your portals.')
    await page.setViewportSize({ width: 640, height: 400 })
    await page.addStyleTag({ content: 'html { font-size: 200% }' })
    expect(await overhang(page)).toBe(0)
    await page.setViewportSize({ width: 320, height: 256 })
    expect(await overhang(page)).toBe(0)
  })
})

function pressSignIn(page: Page): Promise<Page> {
  const opening = page.waitForEvent('popup')
  return page
    .getByRole('button', { name: 'Sign in with Roambi' })
    .click()
    .then(() => opening)
}

/** Presses what has the focus. */
async function pressForPopup(page: Page, key: string): Promise<Page> {
  const opening = page.waitForEvent('popup')
  await page.keyboard.press(key)
  const popup = await opening
  await popup.getByRole('button', { name: 'Allow' }).waitFor()
  return popup
}

/** The names of what moves, or would if something changed. */
function motions(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`[...document.querySelectorAll('*')].flatMap((element) =>
    ['', '::before', '::after'].flatMap((pseudo) => {
      const style = getComputedStyle(element, pseudo)
      return [
        style.animationName !== 'none' && style.animationName,
        parseFloat(style.transitionDuration) > 0 && 'transition of ' + style.transitionProperty,
      ]
    })).concat(document.getAnimations().map(({ animationName }) => animationName)).filter(Boolean)`)
}

const noteAnnouncements = `{
  window.announced = []
  for (const region of document.querySelectorAll('[role=status], [role=alert]')) {
    new MutationObserver(() => announced.push(region.textContent)).observe(region, {
      childList: true,
      characterData: true,
      subtree: true,
    })
  }
}`

function overhang(page: Page): Promise<number> {
  return page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  )
}
