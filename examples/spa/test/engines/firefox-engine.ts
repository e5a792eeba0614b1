import { firefox } from 'playwright-core'
import { inject } from 'vitest'
import type { Engine } from './engine.ts'
import { overPlaywright } from './playwright.ts'

/** Firefox as it is released, by WebDriver BiDi: Playwright's own, patched Firefox is not needed. */
export const firefoxEngine: Engine = {
  name: 'Firefox',
  async launch() {
    const browser = await firefox.launch({
      channel: 'moz-firefox',
      executablePath: inject('firefox'),
      firefoxUserPrefs: {
        // Playwright turns the popup blocker off.
        'dom.disable_open_during_load': true,
        // Playwright loses sight of a page that comes out of the back/forward cache.
        'browser.sessionhistory.max_total_viewers': 0,
      },
    })
    return overPlaywright(browser)
  },
}
