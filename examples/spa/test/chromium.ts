// The browser that the tests drive: the Chromium or Chrome of this machine, or one from a package.

import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/**
 * Where a Chromium is: `CHROME_PATH`, one of the usual places, or the npm package's (Linux x64).
 * `undefined` when there is none, which is a failure where `CI=true`.
 */
export async function findChromium(): Promise<string | undefined> {
  const path = process.env.CHROME_PATH || usualPlaces.find(existsSync) || (await fromPackage())
  if (!path && process.env.CI === 'true') throw new Error('There is no Chromium to test with.')
  return path
}

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
]

async function fromPackage(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const { default: chromium } = await import('@sparticuz/chromium')
  return chromium.executablePath()
}

export function launchChromium(executablePath: string, args: string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath,
    // Chromium's own sandbox does not start for root, as in many containers.
    chromiumSandbox: false,
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
