// Looks for the three engines once, before all tests. Tests ask `inject('firefox')` where one is.

import { existsSync } from 'node:fs'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  /** Where each engine is; empty when it is not on this machine. */
  interface ProvidedContext {
    chromium: string
    firefox: string
    /** The WebDriver that comes with WebKitGTK. */
    webkit: string
  }
}

/** Provides the paths; with `CI=true` all three must be there. */
export async function setup(project: TestProject): Promise<void> {
  const chromium = await findChromium()
  const firefox = process.env.FIREFOX_PATH || first(firefoxes)
  const webkit = first(screens) && first(webkitDrivers)
  project.provide('chromium', chromium)
  project.provide('firefox', firefox)
  project.provide('webkit', webkit)

  const missing = []
  if (!chromium) missing.push('Chromium (package chromium, or CHROME_PATH)')
  if (!firefox) missing.push('Firefox ESR (package firefox-esr, or FIREFOX_PATH)')
  if (!webkit) missing.push('WebKitGTK (packages webkit2gtk-driver and xvfb)')
  if (missing.length === 0) return
  const news = `Not tested in: ${missing.join('; ')}.`
  if (process.env.CI === 'true') throw new Error(news)
  console.warn(news)
}

/** The Chromium or Chrome of this machine, or one from a package; empty when there is none. */
export async function findChromium(): Promise<string> {
  return process.env.CHROME_PATH || first(chromiums) || (await packagedChromium())
}

const chromiums = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
]

const firefoxes = [
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
  'C:/Program Files/Mozilla Firefox/firefox.exe',
]

const webkitDrivers = ['/usr/bin/WebKitWebDriver']

/** WebKitGTK has no headless mode: it shows itself on a screen that nobody sees. */
const screens = ['/usr/bin/Xvfb']

function first(places: string[]): string {
  return places.find(existsSync) ?? ''
}

/** The Chromium in an npm package (Linux x64), which unpacks itself when it is asked. */
async function packagedChromium(): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return ''
  const { default: packaged } = await import('@sparticuz/chromium')
  return packaged.executablePath()
}
