import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** The Chromium or Chrome of this machine, or the one at `CHROME_PATH`. */
export function launchChromium(): Promise<Browser> {
  const executablePath = process.env.CHROME_PATH || places.find(existsSync)
  if (!executablePath)
    throw new Error('There is no Chromium here: install one, or set CHROME_PATH.')
  return chromium.launch({
    executablePath,
    // Chromium's own sandbox does not start for root, as in many containers.
    chromiumSandbox: false,
    args: [
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Tabs behind the first one are as quick as it is: what a throttled one sends comes too late to be counted.
      '--disable-background-timer-throttling',
      '--disable-backgrounding-occluded-windows',
      '--disable-renderer-backgrounding',
    ],
  })
}

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
