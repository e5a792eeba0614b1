import type { Page } from 'playwright-core'
import type { AppAtProvider } from './provider.ts'

/** Goes to the provider and back, as a user; the page has a token then. */
export async function signIn(page: Page, { appUrl }: AppAtProvider): Promise<void> {
  await page.goto(appUrl)
  // As text: a function would be rewritten for Node on its way into the page.
  await page.evaluate('void harness.signIn()')
  await page.getByPlaceholder('Enter any login').fill('joan')
  await page.getByPlaceholder('and password').fill('any')
  await page.getByRole('button', { name: 'Sign-in' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.waitForURL(`${appUrl}/`)
  await seeToken(page)
}

export async function seeToken(page: Page): Promise<void> {
  await page.waitForFunction('harness.token().then(Boolean, () => false)')
}
