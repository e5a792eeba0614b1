// What the tabs of one browser do together, by calls of the library inside the app's own pages.

import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Stack, startStack } from '../stack.ts'
import { findChromium, launchChromium } from './chromium.ts'
import { openTab, seeSignedIn, seeSignedOut, signIn } from './user.ts'

const chromium = await findChromium()

describe.skipIf(!chromium)('two tabs', () => {
  let stack: Stack
  let browser: Browser
  let context: BrowserContext
  let tabs: [Page, Page]

  beforeAll(async () => {
    stack = await startStack({ pages: 'dev' })
    browser = await launchChromium(chromium ?? '')
    context = await browser.newContext()
    const one = await openTab(context, stack)
    await signIn(one, stack)
    const two = await openTab(context, stack)
    await seeSignedIn(two)
    tabs = [one, two]
  })
  afterAll(async () => {
    await browser?.close()
    await stack?.close()
  })

  it.each(['off', 'strict'] as const)(
    'with five calls each that all meet a 401 renew once (rotation %s)',
    async (rotation) => {
      stack.sandbox.set({ rotation })
      const before = stack.sandbox.tokenRequests.length
      stack.sandbox.expireAccessTokens()
      const names = await Promise.all(tabs.map(callFiveTimes))
      expect(names.flat()).toEqual(Array(10).fill('Joan Harris'))
      const sent = stack.sandbox.tokenRequests.slice(before)
      expect(sent.map(({ grantType, status }) => [grantType, status])).toEqual([
        ['refresh_token', 200],
      ])
    },
  )

  it('are both signed out by one that finds the session ended', async () => {
    stack.sandbox.revokeRefreshTokens()
    stack.sandbox.expireAccessTokens()
    await tabs[0].getByRole('button', { name: 'Load portals again' }).click()
    await Promise.all(tabs.map(seeSignedOut))
  })
})

/** Five API calls at once, through the very client that the page uses. */
function callFiveTimes(page: Page): Promise<string[]> {
  // As text, since a function would be rewritten for Node on its way into the page.
  return page.evaluate(`(async () => {
    const { roambi } = await import('/src/roambi.ts')
    const call = () => roambi.api.get('user/resources').json()
    const answers = await Promise.all(Array.from({ length: 5 }, call))
    return answers.map(({ resources }) => resources.name)
  })()`)
}
