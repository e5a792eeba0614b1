// The library speaks plain OAuth: it signs in at a server that was written by none of its authors.

import type { Browser, BrowserContext, Page } from 'playwright-core'
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  inject,
  it,
  onTestFinished,
} from 'vitest'
import { launchChromium } from './chromium.ts'
import { type StandardServerOptions, startStandardServer } from './standard-server.ts'
import { clickSignIn, seeAlert, seeNews, seeSignedOut } from './user.ts'

describe.skipIf(!inject('chromium'))('at a standard server, a user', () => {
  let browser: Browser
  let context: BrowserContext

  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
  })
  beforeEach(async () => {
    context = await browser.newContext()
    context.setDefaultTimeout(10_000)
  })
  afterEach(async () => {
    await context.close()
  })

  /** Opens the app that signs in at a server of its own. */
  async function openApp(options?: StandardServerOptions) {
    const server = await startStandardServer(options)
    onTestFinished(server.close)
    const page = await context.newPage()
    await page.goto(server.appUrl)
    return { server, page }
  }

  it('signs in, stays signed in, and signs out', async () => {
    const { server, page } = await openApp()
    const issuers = noteIssuers(context)
    await allow(await clickSignIn(page))
    await seeNews(page, /^Signed in\.$/)
    expect(issuers).toEqual([server.issuer])
    expect(server.tokenRequests).toEqual(['use_dpop_nonce', 'authorization_code'])

    await renew(page)
    expect(server.tokenRequests.slice(2)).toEqual(['refresh_token'])

    await page.reload()
    await seeNews(page, 'you are still signed in')
    await renew(page)
    expect(server.tokenRequests.slice(3)).toEqual(['use_dpop_nonce', 'refresh_token'])

    // One for the code, and a new one for each renewal, all bound to the key of the sign-in.
    const key = await thumbprintOfStoredKey(page)
    expect(server.codeKeys).toEqual([key])
    expect(server.refreshTokenKeys).toEqual([key, key, key])

    await page.getByRole('button', { name: 'Sign out' }).click()
    await seeSignedOut(page)
    expect(await storedSecrets(page)).toBe(0)
  })

  it('says no', async () => {
    const { server, page } = await openApp()
    await deny(await clickSignIn(page))
    await seeAlert(page, /You did not allow this app/)
    await seeSignedOut(page)
    expect(server.tokenRequests).toEqual([])
  })

  it.each([
    ['says yes', allow],
    ['says no', deny],
  ])('%s, and is not believed when the server is another than was asked', async (_, answer) => {
    const { server, page } = await openApp({ issuer: 'https://elsewhere.example.com' })
    const issuers = noteIssuers(context)
    const printed = page.waitForEvent('console', (message) => message.type() === 'error')
    await answer(await clickSignIn(page))
    await seeAlert(page, /The sign-in did not work/)
    expect((await printed).text()).toMatch(
      /`iss` is not http:\/\/localhost:\d+\. .*PROXY_PUBLIC_URL/,
    )
    await seeSignedOut(page)
    expect(issuers).toEqual([server.issuer])
    expect(server.tokenRequests).toEqual([])
    expect(await storedSecrets(page)).toBe(0)
  })
})

/** Signs in on the server's own pages, and waits until the callback page has closed the window. */
async function allow(popup: Page): Promise<void> {
  await popup.getByPlaceholder('Enter any login').fill('joan')
  await popup.getByPlaceholder('and password').fill('any')
  await popup.getByRole('button', { name: 'Sign-in' }).click()
  await ending(popup, () => popup.getByRole('button', { name: 'Continue' }).click())
}

async function deny(popup: Page): Promise<void> {
  await ending(popup, () => popup.getByRole('link', { name: 'Cancel' }).click())
}

async function ending(popup: Page, click: () => Promise<void>): Promise<void> {
  await Promise.all([popup.waitForEvent('close'), click()])
}

async function renew(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Renew now' }).click()
  await seeNews(page, 'Renewed the access token.')
}

/** The `iss` of each answer that the callback page gets from now on. */
function noteIssuers(context: BrowserContext): (string | null)[] {
  const issuers: (string | null)[] = []
  context.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url())
    if (pathname === '/callback.html') issuers.push(searchParams.get('iss'))
  })
  return issuers
}

// The functions below are text, since they would be rewritten for Node on their way into the page.

const readRecords = `const database = await new Promise((resolve) => {
    const opening = indexedDB.open('roambi-auth')
    opening.onsuccess = () => resolve(opening.result)
  })
  const records = await new Promise((resolve) => {
    const reading = database.transaction('sessions').objectStore('sessions').getAll()
    reading.onsuccess = () => resolve(reading.result)
  })
  database.close()`

/** How many of them hold more than that there is nothing: a session, or a sign-in under way. */
function storedSecrets(page: Page): Promise<number> {
  return page.evaluate(`(async () => {
    ${readRecords}
    return records.filter((record) => record?.session || record?.length > 0).length
  })()`)
}

/** Of the one session that is stored; fails when its private key can be read. */
function thumbprintOfStoredKey(page: Page): Promise<string> {
  return page.evaluate(`(async () => {
    ${readRecords}
    const [{ privateKey, publicKey }] = records.flatMap((record) => record?.session?.dpopKey ?? [])
    const secret = await crypto.subtle.exportKey('jwk', privateKey).catch(() => undefined)
    if (secret) throw new Error('The private key can be read.')
    const { crv, kty, x, y } = await crypto.subtle.exportKey('jwk', publicKey)
    const bytes = new TextEncoder().encode(JSON.stringify({ crv, kty, x, y }))
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
    const base64 = btoa(String.fromCharCode(...digest))
    return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  })()`)
}
