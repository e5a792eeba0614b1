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
    const driver = await startWebDriver(inject('webkit'), {
      ...process.env,
      HOME: folder,
      XDG_RUNTIME_DIR: folder,
      DISPLAY: screen.display,
    })
    return browserOf(driver, async () => {
      await driver.close()
      await screen.close()
      await rm(folder, { recursive: true, force: true })
    })
  },
}

/** A session of the driver is a browser that has been started, and remembers nothing after. */
function browserOf(driver: WebDriver, close: () => Promise<void>): Browser {
  let session: Promise<Tabs> | undefined

  async function newSession(): Promise<Tabs> {
    const { sessionId } = await driver.send<{ sessionId: string }>('POST', '/session', {
      capabilities: {},
    })
    return createTabs(driver, `/session/${sessionId}`)
  }

  return {
    async openTab(url) {
      session ??= newSession()
      return (await session).open(url)
    },
    async startAnew() {
      await (await session)?.closeAll()
      session = undefined
    },
    close,
  }
}
