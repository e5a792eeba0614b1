// A user signs in to the app, as each bundler has made it and without any: in a real browser, with the
// programs that npx starts.
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { transform } from 'esbuild'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { launchChromium } from '../../examples/spa/test/chromium.ts'
import { bundlers } from './bundlers.ts'
import { freePort } from './ports.ts'
import { startProgram } from './program.ts'
import { openProject } from './project.ts'
import { run } from './run.ts'
import { type Site, startSite } from './site.ts'

const clientId = 'portals'

describe.skipIf(!inject('chromium'))('a user signs in to the app', () => {
  const closers: (() => unknown)[] = []
  let project: string
  let site: Site
  let proxyUrl: string
  let browser: Browser

  beforeAll(async () => {
    project = await openProject('npm')
    await compileApp(project)
    site = await startSite()
    closers.push(site.close)
    proxyUrl = await startPrograms(site.url)
    browser = await launchChromium()
    closers.push(() => browser.close())
  }, 300_000)
  afterAll(async () => {
    for (const close of closers.reverse()) await close()
  })

  /** The sandbox, and the proxy before it; gives where the proxy is. */
  async function startPrograms(appUrl: string): Promise<string> {
    const proxyUrl = `http://localhost:${await freePort()}`
    const secret = randomBytes(16).toString('hex')
    const sandbox = npx('@roambi-auth/sandbox', {
      PORT: '0',
      SANDBOX_CLIENT_ID: clientId,
      SANDBOX_CLIENT_SECRET: secret,
      SANDBOX_REDIRECT_URI: `${proxyUrl}/1/callback`,
    })
    const proxy = npx('@roambi-auth/proxy', {
      HOST: 'localhost',
      PORT: new URL(proxyUrl).port,
      ROAMBI_API_URL: `${await sandbox.prints(/listens on (http:\S+)/)}/1`,
      ROAMBI_CLIENT_ID: clientId,
      ROAMBI_CLIENT_SECRET: secret,
      PROXY_PUBLIC_URL: proxyUrl,
      PROXY_REDIRECT_URIS: `${appUrl}/callback.html`,
      PROXY_ALLOWED_ORIGINS: appUrl,
    })
    await proxy.prints(/listening at/)
    return proxyUrl
  }

  function npx(name: string, env: Record<string, string>) {
    const program = startProgram('npx', [name], { cwd: project, env })
    closers.push(program.kill)
    return program
  }

  it.each(Object.entries(bundlers))('bundled by %s', async (name, bundle) => {
    const folder = join(project, 'bundles', name)
    await bundle({ project, scripts: scriptsOf(project), folder })
    await serve(folder, (script) => `/${script}.js`)
    await signInAndOut()
  })

  it('without a bundler, by an import map', async () => {
    const imports = await importMap(project)
    await serve(project, (script) => `/app/js/${script}.js`, imports)
    await signInAndOut()
  })

  /** The pages of the app, with its scripts from elsewhere. */
  async function serve(
    folder: string,
    place: (script: string) => string,
    imports = '',
  ): Promise<void> {
    const pages = ['index.html', 'callback.html'] as const
    const texts = pages.map(async (page) => {
      const text = await readFile(join(project, 'app', page), 'utf8')
      return [
        page,
        text
          .replace('{clientId}', clientId)
          .replace('{proxyUrl}', proxyUrl)
          .replace('<script', `${imports}<script`)
          .replace(/\/src\/(\w+)\.ts/, (_all, script) => place(script)),
      ] as const
    })
    const byName = new Map(await Promise.all(texts))
    site.serve({ folder, page: (name) => byName.get(name) ?? '' })
  }

  async function signInAndOut(): Promise<void> {
    const context = await browser.newContext()
    onTestFinished(() => context.close())
    context.setDefaultTimeout(15_000)
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('pageerror', ({ message }) => complaints.push(message))
    await page.goto(site.url)

    const opening = page.waitForEvent('popup')
    await page.getByRole('button', { name: 'Sign in with Roambi' }).click()
    const popup = await opening
    await popup.getByLabel('Email').fill('joan@scdp.com')
    await popup.getByLabel('Password').fill('roambi')
    const closing = popup.waitForEvent('close')
    await popup.getByRole('button', { name: 'Allow' }).click()
    await closing
    await page.getByText('Joan Harris').waitFor()

    await page.reload()
    await page.getByText('Joan Harris').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in with Roambi' }).waitFor()
    expect(complaints).toEqual([])
  }
})

/** TypeScript makes way for JavaScript, and nothing else changes. */
async function compileApp(project: string): Promise<void> {
  await mkdir(join(project, 'app/js'), { recursive: true })
  for (const [name, file] of Object.entries(scriptsOf(project))) {
    const source = await readFile(join(project, `app/src/${name}.ts`), 'utf8')
    const { code } = await transform(source, { loader: 'ts' })
    await writeFile(file, code)
  }
}

function scriptsOf(project: string): Record<'main' | 'callback', string> {
  return { main: join(project, 'app/js/main.js'), callback: join(project, 'app/js/callback.js') }
}

/** Where a browser finds what the app and the packages import. */
async function importMap(project: string): Promise<string> {
  const names = ['@roambi-auth/browser', '@roambi-auth/browser/callback', 'idb-keyval', 'ky']
  const resolve = `console.log(JSON.stringify(${JSON.stringify(names)}.map((name) => import.meta.resolve(name))))`
  const urls: string[] = JSON.parse(
    await run(process.execPath, ['--input-type=module', '--eval', resolve], { cwd: project }),
  )
  const imports = Object.fromEntries(
    urls.map((url, index) => [names[index], `/${relative(project, new URL(url).pathname)}`]),
  )
  return `<script type="importmap">${JSON.stringify({ imports })}</script>`
}
