// The page without a bundler, in a real browser, with the settings that the chapter gives the proxy.

import { cpSync, mkdirSync, realpathSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { createServer as createProxy } from '@roambi-auth/proxy'
import { startSandbox } from '@roambi-auth/sandbox'
import { chromium } from 'playwright-core'
import sirv from 'sirv'
import { build } from 'vite'
import { expect, inject, onTestFinished, test } from 'vitest'
import { pageAt, root } from './markdown.ts'
import { freePort, makeProject } from './project.ts'

const [, chapter = ''] = pageAt('docs/get-started.md').text.split('## Without a bundler\n')
const block = (first: string) => {
  const [, code = ''] = chapter.split(`\`\`\`html\n<!-- ${first} -->\n`)
  return code.split('\n```')[0] ?? ''
}

test.skipIf(!inject('chromium'))('a user signs in, by an import map alone', async () => {
  const [appPort, proxyPort] = [await freePort(), await freePort()]
  const publicUrl = `http://localhost:${proxyPort}`
  const appUrl = `http://localhost:${appPort}`
  const { folder } = makeProject({
    'index.html': block('index.html').replace('http://localhost:4001', publicUrl),
    'callback.html': block('callback.html'),
  })
  await installInto(folder)

  const sandbox = await startSandbox({ port: 0, redirectUri: `${publicUrl}/1/callback` })
  onTestFinished(sandbox.close)
  const proxy = createProxy({
    ...sandbox.client,
    apiUrl: sandbox.apiUrl,
    publicUrl,
    redirectUris: [`${appUrl}/callback.html`],
    allowedOrigins: [appUrl],
    logLevel: 'silent',
  })
  onTestFinished(() => proxy.close())
  await proxy.listen({ host: 'localhost', port: proxyPort })
  const app = createServer(sirv(folder, { dev: true })).listen(appPort, 'localhost')
  onTestFinished(() => stop(app))

  const browser = await chromium.launch({
    executablePath: inject('chromium'),
    chromiumSandbox: false,
  })
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  await page.goto(appUrl)
  const opening = page.waitForEvent('popup')
  await page.getByRole('button', { name: 'Sign in with Roambi' }).click()
  const popup = await opening
  await popup.getByLabel('Email').fill(sandbox.account.email)
  await popup.getByLabel('Password').fill(sandbox.account.password)
  await popup.getByRole('button', { name: 'Allow' }).click()
  await page.getByText('Hello, Joan Harris').waitFor()
  expect(problems).toEqual([])
})

/** What npm would put there, built from this repository. */
async function installInto(folder: string): Promise<void> {
  const packages = join(folder, 'node_modules')
  const browser = join(root, 'packages/browser')
  const outDir = join(packages, '@roambi-auth/browser/dist')
  mkdirSync(outDir, { recursive: true })
  await build({
    root: browser,
    configFile: join(browser, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true },
  })
  for (const name of ['idb-keyval', 'ky']) {
    const installed = realpathSync(join(browser, 'node_modules', name))
    cpSync(installed, join(packages, name), { recursive: true })
  }
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}
