// The way of a user in a real Chromium, through nginx over three proxies that share a Redis.

import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { launchChromium } from '../../spa/test/chromium.ts'
import { openTab, seeNews, seeSignedIn, seeSignedOut, signIn } from '../../spa/test/user.ts'
import { type ScaleOut, startScaleOut } from '../stack.ts'

describe.skipIf(!inject('chromium'))('the journey through nginx', () => {
  let stack: ScaleOut
  let example: Parameters<typeof signIn>[1]
  let browser: Browser
  let context: BrowserContext

  beforeAll(async () => {
    stack = await startScaleOut()
    const { url, sandbox } = stack
    example = { appUrl: url, sandbox }
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

  it('goes from signing in over renewals and a second tab to signing out', async () => {
    const one = await openTab(context, example)
    await signIn(one, example)
    await seeNews(one, /The API answered with your portals/)
    const two = await openTab(context, example)
    await seeSignedIn(two)

    const before = stack.sandbox.tokenRequests.length
    for (const renewals of [1, 2, 3, 4]) {
      await one.getByRole('button', { name: 'Renew now' }).click()
      await expect.poll(() => stack.sandbox.tokenRequests.length - before).toBe(renewals)
    }
    await seeNews(two, 'Renewed in another tab.')

    await one.getByRole('button', { name: 'Sign out' }).click()
    await seeSignedOut(one)
    await seeSignedOut(two)
  })

  it('has used all three proxies, and no log has a query', async () => {
    const page = await openTab(context, example)
    await signIn(page, example)
    const used = async () => {
      const log = await stack.nginx.log()
      return stack.proxies.filter(({ url }) => log.includes(`"proxy":"${url.slice(7)}"`)).length
    }
    await expect.poll(used).toBe(3)
    expect(await stack.nginx.log()).not.toMatch(/code=|state=|code_challenge/)
  })

  it('survives the kill of a proxy', async () => {
    const page = await openTab(context, example)
    await signIn(page, example)
    await stack.proxies[0]?.kill()
    const before = stack.sandbox.tokenRequests.length
    for (const renewals of [1, 2, 3]) {
      await page.getByRole('button', { name: 'Renew now' }).click()
      await expect.poll(() => stack.sandbox.tokenRequests.length - before).toBe(renewals)
    }
    await seeSignedIn(page)
    await stack.proxies[0]?.start()
  })
})
