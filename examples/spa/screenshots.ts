// Takes the pictures of the README: the same ones each time, as long as the pages are the same.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import UPNG from 'upng-js'
import { startStack } from './stack.ts'
import { findChromium } from './test/engines/find.ts'
import { openPopup, openTab, seeNews, seeSignedOut, signIn } from './test/user.ts'

const folder = join(import.meta.dirname, '../../docs/images')
const signedInAt = new Date('2026-03-12T09:00:00Z')
const lookedAtAt = new Date('2026-03-12T15:24:00Z')

const looks: BrowserContextOptions = {
  deviceScaleFactor: 2,
  locale: 'en-GB',
  timezoneId: 'UTC',
  reducedMotion: 'reduce',
}
const desk = { width: 1120, height: 792 }
const phone = { width: 390, height: 844 }

const stack = await startStack({ pages: 'build' })
const browser = await chromium.launch({
  executablePath: await findChromium(),
  // Chromium's own sandbox does not start for root, as in many containers.
  chromiumSandbox: false,
})
try {
  await mkdir(folder, { recursive: true })
  await takeSignedIn('signed-in', { viewport: desk, colorScheme: 'light' })
  await takeSignedIn('signed-in-dark', { viewport: desk, colorScheme: 'dark' })
  await takeSignedIn('phone', { viewport: phone, colorScheme: 'light' })
  await takeDialog('sign-in', { viewport: desk, colorScheme: 'light' })
} finally {
  await browser.close()
  await stack.close()
}

async function takeSignedIn(name: string, options: BrowserContextOptions): Promise<void> {
  await inPage(options, async (page) => {
    await signIn(page, stack)
    await seeNews(page, 'The API answered with your portals.')
    await page.locator('#picture').waitFor()
    await page.context().clock.setFixedTime(lookedAtAt)
    await page.bringToFront()
    await page.getByRole('timer').getByText('17 h 36 min').waitFor()
    await take(page, name)
  })
}

async function takeDialog(name: string, options: BrowserContextOptions): Promise<void> {
  await inPage(options, async (page) => {
    const popup = await openPopup(page)
    await popup.setViewportSize({ width: 480, height: 680 })
    // The one address that can be read, as it is after `pnpm start`.
    await popup.getByText(stack.proxyUrl).evaluate((place) => {
      place.textContent = 'http://localhost:4001/1/callback'
    })
    await take(popup, name)
  })
}

async function inPage(
  options: BrowserContextOptions,
  task: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ ...looks, ...options })
  await context.clock.setFixedTime(signedInAt)
  const page = await openTab(context, stack)
  await seeSignedOut(page)
  await task(page)
  await context.close()
}

async function take(page: Page, name: string): Promise<void> {
  const picture = await page.screenshot({ caret: 'hide' })
  const smaller = withFewerColors(picture)
  await writeFile(join(folder, `${name}.png`), smaller)
  console.log(`docs/images/${name}.png, ${Math.round(smaller.byteLength / 1000)} kB`)
}

/** 256 colours are enough for flat areas and text, and halve the file. */
function withFewerColors(png: Uint8Array): Uint8Array {
  const image = UPNG.decode(new Uint8Array(png).buffer)
  return new Uint8Array(UPNG.encode(UPNG.toRGBA8(image), image.width, image.height, 256))
}
