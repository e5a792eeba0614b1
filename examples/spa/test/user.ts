// What a person does with the example, for all tests that drive it.

import type { BrowserContext, Page } from 'playwright-core'
import type { Stack } from '../stack.ts'

/** What the tests need to know of where the app runs. */
type Where = Pick<Stack, 'appUrl' | 'sandbox'>

/** A tab, or a frame in one. */
type Place = Pick<Page, 'getByRole'>

/** Opens the app in a new tab. */
export async function openTab(context: BrowserContext, { appUrl }: Where): Promise<Page> {
  const page = await context.newPage()
  await page.goto(appUrl)
  return page
}

/** Clicks "Sign in with Roambi". */
export async function clickSignIn(page: Page): Promise<Page> {
  const opening = page.waitForEvent('popup')
  await page.getByRole('button', { name: 'Sign in with Roambi' }).click()
  return opening
}

/** Clicks it, and waits for Roambi's dialog in the popup. */
export async function openPopup(page: Page): Promise<Page> {
  const popup = await clickSignIn(page)
  await popup.getByRole('button', { name: 'Allow' }).waitFor()
  return popup
}

/** Fills in Roambi's dialog and allows the app. */
export async function allow(popup: Page, { sandbox: { account } }: Where): Promise<void> {
  await popup.getByLabel('Email').fill(account.email)
  await popup.getByLabel('Password').fill(account.password)
  await popup.getByRole('button', { name: 'Allow' }).click()
}

/** The whole way from a signed-out page to a signed-in one; the popup has closed by then. */
export async function signIn(page: Page, stack: Where): Promise<void> {
  const popup = await openPopup(page)
  await Promise.all([popup.waitForEvent('close'), allow(popup, stack)])
  await seeSignedIn(page)
}

/** Clicks "Sign out", and waits until the page says whether the session is gone from the store too. */
export async function signOut(page: Page, sentence: string | RegExp = deleted): Promise<void> {
  const told = page.getByRole('log').getByText(sentence)
  const before = await told.count()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await seeSignedOut(page)
  await told.nth(before).waitFor()
}

const deleted = 'The session is deleted from this browser.'

export async function seeSignedIn(page: Page): Promise<void> {
  await page.getByText('Joan Harris').waitFor()
}

export async function seeSignedOut(page: Place): Promise<void> {
  await page.getByRole('button', { name: 'Sign in with Roambi' }).waitFor()
}

/** Waits for a sentence in the list of what happened. */
export async function seeNews(page: Page, sentence: string | RegExp): Promise<void> {
  await page.getByRole('log').getByText(sentence).first().waitFor()
}

/** Waits for a sentence in the place for what went wrong. */
export async function seeAlert(page: Place, sentence: string | RegExp): Promise<void> {
  await page.getByRole('alert').getByText(sentence).waitFor()
}
