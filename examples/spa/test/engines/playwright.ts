import type { Browser as Driven, Page } from 'playwright-core'
import { type Browser, patience, type Tab } from './engine.ts'

/** A browser that Playwright drives. */
export async function overPlaywright(driven: Driven): Promise<Browser> {
  let profile = await newProfile()

  async function newProfile() {
    const context = await driven.newContext()
    context.setDefaultTimeout(patience)
    return context
  }

  return {
    async openTab(url) {
      const page = await profile.newPage()
      await page.goto(url)
      return tabOf(page)
    },
    async startAnew() {
      await profile.close()
      profile = await newProfile()
    },
    close: () => driven.close(),
  }
}

function tabOf(page: Page): Tab {
  const click = (name: string) => page.getByRole('button', { name, exact: true }).click()
  return {
    click,
    async clickForPopup(button) {
      const [popup] = await Promise.all([page.waitForEvent('popup'), click(button)])
      return tabOf(popup)
    },
    fill: (label, text) => page.getByLabel(label).fill(text),
    see: (text) => page.getByText(text).first().waitFor(),
    evaluate: (expression) => page.evaluate(expression),
    async reload() {
      await page.reload()
    },
    // Playwright's own waits for a page that loads; one out of the back/forward cache does not.
    goBack: () => page.evaluate('void setTimeout(() => history.back())'),
    bringToFront: () => page.bringToFront(),
    close: () => page.close(),
    async closed() {
      if (!page.isClosed()) await page.waitForEvent('close')
    },
  }
}
