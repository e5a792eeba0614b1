import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import type { Browser, Engine } from './engine.ts'
import { startScreen } from './screen.ts'
import { startWebDriver, type WebDriver } from './web-driver.ts'
import { createTabs, type Tabs } from './webkit-tabs.ts'

/** WebKitGTK, by the WebDriver that comes with it. */
export const webkitEngine: Engine = {
  name: 'WebKitGTK',
  async launch() {
    const folder = await mkdtemp(join(tmpdir(), 'roambi-auth-webkit-'))
    const screen = await startScreen()
    const env = { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder, DISPLAY: screen.display }
    return browserOf(
      () => startWebDriver(inject('webkit'), env),
      async () => {
        await screen.close()
        await rm(folder, { recursive: true, force: true })
      },
    )
  },
}

/** A browser that its driver has started, and that ends with it and remembers nothing after. */
interface Running {
  readonly driver: WebDriver
  readonly tabs: Tabs
}

function browserOf(startDriver: () => Promise<WebDriver>, cleanUp: () => Promise<void>): Browser {
  let running: Promise<Running> | undefined

  async function start(): Promise<Running> {
    const driver = await startDriver()
    try {
      const { sessionId } = await driver.send<{ sessionId: string }>('POST', '/session', {
        capabilities: {},
      })
      return { driver, tabs: createTabs(driver, `/session/${sessionId}`) }
    } catch (error) {
      await driver.close()
      throw error
    }
  }

  async function end(): Promise<void> {
    const ending = running
    running = undefined
    // One that has not started has ended by itself.
    await ending?.then(({ driver }) => driver.close()).catch(() => {})
  }

  return {
    async openTab(url) {
      // Now and then the browser and its driver do not find each other.
      running ??= start().catch(start)
      return (await running).tabs.open(url)
    },
    startAnew: end,
    async close() {
      await end()
      await cleanUp()
    },
  }
}
