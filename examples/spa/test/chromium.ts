// The browser that the tests drive: the Chromium or Chrome of this machine, or one from a package.

import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { inject } from 'vitest'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the Chromium is; empty when there is none. */
    chromium: string
  }
}

/** Looks once, before all tests: the npm package unpacks its Chromium when it is asked. */
export async function setup(project: TestProject): Promise<void> {
  const path = await findChromium()
  if (!path) console.warn('No Chromium, no tests in a browser. Install one, or set CHROME_PATH.')
  project.provide('chromium', path ?? '')
}

/** `CHROME_PATH`, one of the usual places, or the npm package's (Linux x64). */
async function findChromium(): Promise<string | undefined> {
  const path = process.env.CHROME_PATH || usualPlaces.find(existsSync) || (await fromPackage())
  if (!path && process.env.CI === 'true') throw new Error('No Chromium to test with.')
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
  const { default: packaged } = await import('@sparticuz/chromium')
  return packaged.executablePath()
}

export function launchChromium(args: string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: inject('chromium'),
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
