import { type Browser, chromium } from 'playwright-core'
import { inject } from 'vitest'

export interface ChromiumOptions {
  /** More arguments of the command line. */
  args?: string[]
  /** On as users have it; Playwright turns it off. Default: off. */
  popupBlocker?: boolean
  /** The same. */
  backForwardCache?: boolean
}

/** The Chromium or Chrome of this machine, or one from a package. */
export function launchChromium({
  args = [],
  popupBlocker = false,
  backForwardCache = false,
}: ChromiumOptions = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: inject('chromium'),
    // Chromium's own sandbox does not start for root, as in many containers.
    chromiumSandbox: false,
    ignoreDefaultArgs: [
      ...(popupBlocker ? ['--disable-popup-blocking'] : []),
      ...(backForwardCache ? ['--disable-back-forward-cache'] : []),
    ],
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...args,
    ],
  })
}
