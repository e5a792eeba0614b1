// A reload can cut a renewal at any moment, and with it the answer that holds the next refresh
// token. Each refresh token works once here, as Roambi may have it: no session may be lost.

import type { Page, Request } from 'playwright-core'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { startStack } from '../stack.ts'
import { launchChromium } from './chromium.ts'
import { openTab, signIn } from './user.ts'

const reloads = 80
const seed = Number(process.env.SEED) || Math.floor(Math.random() * 2 ** 31)

describe.skipIf(!inject('chromium'))('a page that renews all the time', () => {
  it(`loses no session in ${reloads} reloads (SEED=${seed})`, { timeout: 300_000 }, async () => {
    const stack = await startStack({ pages: 'dev' })
    onTestFinished(stack.close)
    const browser = await launchChromium()
    onTestFinished(() => browser.close())
    const page = await openTab(await browser.newContext(), stack)
    await signIn(page, stack)
    stack.sandbox.set({ rotation: 'strict', latency: 150 })

    const random = createRandom(seed)
    const first = await signedInAt(page)
    let lost = 0
    const unanswered = noteUnanswered(page, `${stack.proxyUrl}/1/token`)
    for (let reload = 0; reload < reloads; reload += 1) {
      await page.evaluate(renewAllTheTime)
      await reloadIn(page, random() * 400)
      if (await signedInAt(page)) continue
      lost += 1
      await signIn(page, stack)
    }

    const renewals = stack.sandbox.tokenRequests.filter(
      ({ grantType, status }) => grantType === 'refresh_token' && status === 200,
    )
    console.info(
      `${lost} lost, ${unanswered.size} renewals cut, ${renewals.length} upstream, SEED=${seed}`,
    )
    expect(lost).toBe(0)
    expect(await signedInAt(page)).toBe(first)
    expect(unanswered.size).toBeGreaterThan(reloads / 2)
    expect(renewals.length).toBeGreaterThan(reloads / 2)
  })
})

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The page's requests to this address that have got no answer yet, or will never get one. */
function noteUnanswered(page: Page, url: string): Set<Request> {
  const unanswered = new Set<Request>()
  page.on('request', (request) => {
    if (request.url() === url) unanswered.add(request)
  })
  page.on('requestfinished', (request) => unanswered.delete(request))
  return unanswered
}

/** The page reloads itself, after so many ms: a way through the driver would take its own time. */
async function reloadIn(page: Page, delay: number): Promise<void> {
  await Promise.all([
    page.waitForEvent('load'),
    page.evaluate(`void setTimeout(() => location.reload(), ${delay})`),
  ])
}

/** As the page says it; `null` when it says that nobody is signed in. */
async function signedInAt(page: Page): Promise<string | null> {
  await page.getByRole('button', { name: /^(Sign out|Sign in with Roambi)$/ }).waitFor()
  const place = page.locator('#signed-in-at')
  return (await place.isVisible()) ? place.textContent() : null
}

/** Ends when the first renewal has begun. Text, or it would be rewritten for Node on its way. */
const renewAllTheTime = `(async () => {
  const { roambi } = await import('/src/roambi.ts')
  let rejected = await roambi.getAccessToken()
  const renew = async () => {
    for (;;) rejected = await roambi.getAccessToken({ rejected })
  }
  void renew()
})()`
