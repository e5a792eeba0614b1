// What a person does with the example, in any engine.

import { expect } from 'vitest'
import type { Stack } from '../../stack.ts'
import { patience, type Tab } from './engine.ts'

export const user = 'Joan Harris'

/** From a page that nobody is signed in to, to one that shows the user. */
export async function signIn(tab: Tab, stack: Stack): Promise<void> {
  const popup = await tab.clickForPopup('Sign in with Roambi')
  await allow(popup, stack)
  await tab.see(user)
}

/** Allows the app in Roambi's dialog, which then closes. */
export async function allow(popup: Tab, stack: Stack): Promise<void> {
  await fillIn(popup, stack)
  await popup.closed()
}

/** Allows the app in Roambi's dialog, wherever that leads. */
export async function fillIn(dialog: Tab, { sandbox: { account } }: Stack): Promise<void> {
  await dialog.fill('Email', account.email)
  await dialog.fill('Password', account.password)
  await dialog.click('Allow')
}

/** Until the session is gone from the store too: the page shows the sign-out before that. */
export async function signOut(tab: Tab): Promise<void> {
  const deletions = () => tab.evaluate<number>(countDeletions)
  const before = await deletions()
  await tab.click('Sign out')
  await seeSignedOut(tab)
  await expect.poll(deletions, { timeout: patience }).toBe(before + 1)
}

const countDeletions = `[...document.querySelectorAll('[role=log] li')].filter(
  ({ textContent }) => textContent.includes('The session is deleted from this browser.')).length`

export async function seeSignedOut(tab: Tab): Promise<void> {
  await tab.see('Sign in with Roambi')
}

/** The sentences in the page's log that speak of something that did not work. */
export async function failuresIn(tab: Tab): Promise<string[]> {
  const entries = await tab.evaluate<[className: string, sentence: string][]>(
    `[...document.querySelectorAll('[role=log] li')].map((li) => [li.className, li.textContent])`,
  )
  return entries
    .filter(([className, text]) => className === 'failure' || /cancel|gave up|given up/i.test(text))
    .map(([, text]) => text)
}
