// What a page owes to everyone who uses it, asked of a real browser. For any page that tests drive.

import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/**
 * Fails unless the page, as it is now, is good for everyone: axe-core finds nothing, nothing has to
 * be scrolled sideways, and what is pressed is large enough, on a desk and on a phone, light and dark.
 * The state of the page must hold for a second or two.
 */
export async function expectAccessible(page: Page, state: string): Promise<void> {
  const before = page.viewportSize()
  const findings: string[] = []
  await page.evaluate(axe.source)
  for (const [device, viewport] of Object.entries(devices)) {
    await page.setViewportSize(viewport)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      const where = `${state}, ${device}, ${colorScheme}`
      findings.push(...(await findingsOfAxe(page)).map((finding) => `${where}: ${finding}`))
    }
    const layout = await page.evaluate<string[]>(findingsOfLayout)
    findings.push(...layout.map((finding) => `${state}, ${device}: ${finding}`))
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null })
  if (before) await page.setViewportSize(before)
  expect(findings).toEqual([])
}

/** 320 px are what a phone has, or a desk at 400 % (WCAG 2.2, 1.4.10). */
const devices = {
  desk: { width: 1280, height: 800 },
  phone: { width: 320, height: 640 },
}

/** What axe-core finds wrong, or can't judge by itself, a line each. */
async function findingsOfAxe(page: Page): Promise<string[]> {
  const { violations, incomplete } = await page.evaluate<axe.AxeResults>(runAxe)
  return [...violations, ...incomplete].flatMap(({ id, nodes }) =>
    nodes.flatMap(({ target, any, failureSummary }) => {
      // Text that is scrolled out of its box is as readable as the rest once it is scrolled to.
      if (any[0]?.data?.messageKey === 'elmPartiallyObscured') return []
      return `${id} at ${target.join(' ')}: ${failureSummary?.replaceAll(/\s+/g, ' ')}`
    }),
  )
}

// Text, since a function would be rewritten for Node on its way into the page.
const runAxe = `axe.run(document, {
  resultTypes: ['violations', 'incomplete'],
  rules: { 'target-size': { enabled: true }, 'color-contrast-enhanced': { enabled: false } },
})`

const findingsOfLayout = `(() => {
  const findings = []
  const { scrollWidth, clientWidth } = document.documentElement
  if (scrollWidth > clientWidth) {
    findings.push('it is ' + (scrollWidth - clientWidth) + ' px wider than the window')
  }
  for (const control of document.querySelectorAll('button, input:not([type=hidden])')) {
    const { width, height } = control.getBoundingClientRect()
    if (!control.checkVisibility() || (width >= 44 && height >= 44)) continue
    findings.push((control.textContent || control.id) + ' is only ' + width + ' x ' + height + ' px')
  }
  return findings
})()`
