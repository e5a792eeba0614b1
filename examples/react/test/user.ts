// What a person does with the app.

import type { BrowserContext, Page } from 'playwright-core'

/** Opens the app at a path, in a new tab. */
export async function openTab(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(url)
  return page
}

/** Clicks the button that opens Roambi's window, and waits for its dialog there. */
export async function openPopup(page: Page, name = 'Sign in with Roambi'): Promise<Page> {
  const button = page.getByRole('button', { name })
  const [popup] = await Promise.all([page.waitForEvent('popup'), button.click()])
  await popup.getByRole('button', { name: 'Allow' }).waitFor()
  return popup
}

/** Fills in Roambi's dialog, in a popup or in the tab, and allows the app. */
export async function allow(dialog: Page): Promise<void> {
  await dialog.getByLabel('Email').fill('joan@scdp.com')
  await dialog.getByLabel('Password').fill('roambi')
  await dialog.getByRole('button', { name: 'Allow' }).click()
}

export async function signIn(page: Page): Promise<void> {
  const popup = await openPopup(page)
  await Promise.all([popup.waitForEvent('close'), allow(popup)])
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign out' }).click()
}

/** Waits for the page with this heading. */
export async function seePage(page: Pick<Page, 'getByRole'>, heading: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()
}
