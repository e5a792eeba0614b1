// Runs the app that the blocks of a page make up: served by Vite, signed in to in a real Chromium.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { roambi } from '@roambi-auth/proxy/vite'
import type { Browser, BrowserContext } from 'playwright-core'
import { createServer, defaultClientConditions, type PluginOption, type ViteDevServer } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { noteComplaints } from '../../examples/react/test/complaints.ts'
import { openPopup, openTab, signIn, signOut } from '../../examples/react/test/user.ts'
import { launchChromium } from '../../examples/spa/test/chromium.ts'
import { fileOf, pageAt } from './markdown.ts'

export interface AppOptions {
  /** The page of the documentation, such as `docs/vue.md`. */
  path: string
  /** The file that begins, such as `src/main.ts`. */
  entry: string
  /** Of the element that the app is mounted in. */
  id: string
  plugin: () => PluginOption
}

export function describeApp({ path, entry, id, plugin }: AppOptions): void {
  describe.skipIf(!inject('chromium'))(`the app in ${path}`, () => {
    let folder: string
    let server: ViteDevServer
    let browser: Browser
    let context: BrowserContext
    let complaints: string[]
    let url: string

    beforeAll(async () => {
      // Here, since packages are found from here.
      folder = await mkdtemp(join(import.meta.dirname, 'tmp-'))
      for (const { file, code } of pageAt(path).blocks) if (file) await write(file, code)
      for (const file of ['callback.html', 'src/callback.ts']) {
        await write(file, fileOf('docs/get-started.md', file))
      }
      await write('index.html', page(entry, id))
      server = await createServer({
        configFile: false,
        root: folder,
        cacheDir: join(folder, 'cache'),
        logLevel: 'warn',
        plugins: [plugin(), roambi({ sandbox: { port: 0 } })],
        resolve: { conditions: ['@roambi-auth/source', ...defaultClientConditions] },
        server: { port: 0 },
      })
      await server.listen()
      url = server.resolvedUrls?.local[0] ?? ''
      browser = await launchChromium()
    })
    afterAll(async () => {
      await browser?.close()
      await server?.close()
      await rm(folder, { recursive: true })
    })
    beforeEach(async () => {
      context = await browser.newContext()
      context.setDefaultTimeout(20_000)
      complaints = noteComplaints(context)
    })
    afterEach(async () => {
      await context.close()
      expect(complaints).toEqual([])
    })

    it('shows who has signed in, in all tabs and after a reload, until they sign out', async () => {
      const [one, two] = [await openTab(context, url), await openTab(context, url)]
      await signIn(one)
      for (const tab of [one, two]) await tab.getByText('Joan Harris').waitFor()
      await two.reload()
      await two.getByText('Joan Harris').waitFor()
      await signOut(two)
      for (const tab of [one, two]) {
        await tab.getByRole('button', { name: 'Sign in with Roambi' }).waitFor()
        expect(await tab.getByText('Joan Harris').count()).toBe(0)
      }
    })

    it('says so when it could not be done', async () => {
      const tab = await openTab(context, url)
      const popup = await openPopup(tab)
      await popup.getByRole('button', { name: 'Deny' }).click()
      await tab.getByRole('alert').getByText('Please sign in again.').waitFor()
      await signIn(tab)
      await tab.getByText('Joan Harris').waitFor()
      expect(await tab.getByRole('alert').count()).toBe(0)
    })

    async function write(file: string, text: string): Promise<void> {
      const place = join(folder, file)
      await mkdir(dirname(place), { recursive: true })
      await writeFile(place, text)
    }
  })
}

function page(entry: string, id: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>An app of the documentation</title>
    <link rel="icon" href="data:," />
    <script type="module" src="/${entry}"></script>
  </head>
  <body>
    <div id="${id}"></div>
  </body>
</html>
`
}
