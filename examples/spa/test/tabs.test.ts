// What the tabs of one browser do together, by calls of the library inside the app's own pages.

import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Stack, startStack } from '../stack.ts'
import { launchChromium } from './chromium.ts'
import { openTab, seeSignedIn, seeSignedOut, signIn } from './user.ts'

describe.skipIf(!inject('chromium'))('two tabs', () => {
  let stack: Stack
  let browser: Browser
  let context: BrowserContext
  let tabs: [Page, Page]

  beforeAll(async () => {
    stack = await startStack({ pages: 'dev' })
    browser = await launchChromium()
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

  /** Does something, and gives what was sent to Roambi's token endpoint meanwhile. */
  async function noting<T>(task: () => Promise<T>) {
    const before = stack.sandbox.tokenRequests.length
    const answers = await task()
    const sent = stack.sandbox.tokenRequests.slice(before)
    return { answers, sent: sent.map(({ grantType, status }) => [grantType, status]) }
  }

  it.each(['off', 'strict'] as const)(
    'with five calls each that all meet a 401 renew once (rotation %s)',
    async (rotation) => {
      // All ten calls are on their way before the first one is refused.
      stack.sandbox.set({ rotation, latency: 500 })
      stack.sandbox.expireAccessTokens()
      const before = stack.sandbox.apiRequests.length
      const { answers, sent } = await noting(() => Promise.all(tabs.map(callFiveTimes)))
      expect(answers.flat()).toEqual(Array(10).fill('Joan Harris'))
      expect(sent).toEqual([['refresh_token', 200]])
      const calls = stack.sandbox.apiRequests.slice(before)
      expect(calls.filter(({ status }) => status === 401)).toHaveLength(10)
    },
  )

  it('that renew at the same moment send one request and get one token', async () => {
    // The second tab is there long before the first one has its answer.
    stack.sandbox.set({ rotation: 'strict', latency: 3000 })
    const { answers, sent } = await noting(() => Promise.all(tabs.map(renew)))
    stack.sandbox.set({ latency: 0 })
    expect(answers[0]).toMatch(/^1\//)
    expect(answers[1]).toBe(answers[0])
    expect(sent).toEqual([['refresh_token', 200]])
  })

  it('are both signed out by one that finds the session ended', async () => {
    stack.sandbox.revokeRefreshTokens()
    stack.sandbox.expireAccessTokens()
    await tabs[0].getByRole('button', { name: 'Load portals again' }).click()
    await Promise.all(tabs.map(seeSignedOut))
  })
})

// The functions below are text, since they would be rewritten for Node on their way into the page.

/** Five API calls at once, through the very client that the page uses. */
function callFiveTimes(page: Page): Promise<string[]> {
  return page.evaluate(`(async () => {
    const { roambi } = await import('/src/roambi.ts')
    // Chromium sends requests for the same address one after another.
    const call = (n) => roambi.api.get('user/resources', { searchParams: { n } }).json()
    const answers = await Promise.all([1, 2, 3, 4, 5].map(call))
    return answers.map(({ resources }) => resources.name)
  })()`)
}

function renew(page: Page): Promise<string> {
  return page.evaluate(`(async () => {
    const { roambi } = await import('/src/roambi.ts')
    return roambi.getAccessToken({ rejected: await roambi.getAccessToken() })
  })()`)
}
