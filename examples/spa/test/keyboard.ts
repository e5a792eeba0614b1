// The page as somebody uses it who has a keyboard and no mouse.

import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** What has the focus. */
export interface Focus {
  /** Empty when nothing has it. */
  readonly name: string
  /** Whether it can be seen that this has the focus. */
  readonly isVisible: boolean
}

export function focusIn(page: Page): Promise<Focus> {
  return page.evaluate<Focus>(readFocus)
}

/** Waits until what has the focus is called so. */
export async function seeFocus(page: Page, name: string | RegExp): Promise<void> {
  await expect.poll(async () => (await focusIn(page)).name, { timeout: 10_000 }).toMatch(name)
}

/** Presses Tab until this has the focus; fails where a stop on the way can't be seen. */
export async function tabTo(page: Page, name: string): Promise<void> {
  const stops: string[] = []
  while (stops.at(-1) !== name) {
    await page.keyboard.press('Tab')
    const focus = await focusIn(page)
    expect(focus.isVisible, `the focus on "${focus.name}" can be seen`).toBe(true)
    expect(stops, `the way to "${name}" by Tab`).not.toContain(focus.name)
    stops.push(focus.name)
  }
}

/** Presses Tab through the whole page, from its start, and gives the stops. */
export async function tabStops(page: Page): Promise<string[]> {
  const stops: string[] = []
  for (;;) {
    await page.keyboard.press('Tab')
    const { name, isVisible } = await focusIn(page)
    if (!name) return stops
    expect(isVisible, `the focus on "${name}" can be seen`).toBe(true)
    stops.push(name)
  }
}

const readFocus = `(() => {
  const one = document.activeElement
  if (!one || one === document.body) return { name: '', isVisible: false }
  const named = document.getElementById(one.getAttribute('aria-labelledby')) ?? one.labels?.[0] ?? one
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(one)
  const isDrawn = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2
  return {
    name: named.textContent.replaceAll(/\\s+/g, ' ').trim(),
    isVisible: isDrawn && !/rgba\\(.*, 0\\)|transparent/.test(outlineColor),
  }
})()`
