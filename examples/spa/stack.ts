// Everything that the example needs, in one process: the sandbox, the proxy, and the app's pages.

import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createProxy } from '@roambi-auth/proxy'
import { type Sandbox, startSandbox } from '@roambi-auth/sandbox'
import sirv from 'sirv'
import { createServer as createVite } from 'vite'
import { listen, stop } from './http-server.ts'
import { buildPages, type PageSettings, pageConfig } from './pages.ts'

export interface StackOptions {
  ports?: { sandbox: number; proxy: number; app: number }
  /** `dev`: straight from source, with live reload. `build`: as it would be deployed. */
  pages?: 'dev' | 'build'
  /** Where the sandbox listens: `127.0.0.1` is another site than the rest. Default `localhost`. */
  sandboxHost?: string
  /** Takes the proxy's log, every line of it. Default: no log. */
  proxyLog?: { write(line: string): void }
}

export interface Stack {
  readonly appUrl: string
  readonly proxyUrl: string
  readonly sandbox: Sandbox
  /** Where the pages' files are. */
  readonly folder: string
  /** Sets the `Cross-Origin-Opener-Policy` of the app's pages, at once. Default: none. */
  setCoop(policies: CoopPolicies): void
  close(): Promise<void>
}

/** A page that is not named, or named with an empty text, sends none. */
export interface CoopPolicies {
  app?: string
  callback?: string
}

/** Starts the three; where one can't start, those before it are stopped again. */
export async function startStack({
  ports = { sandbox: 0, proxy: 0, app: 0 },
  pages = 'dev',
  sandboxHost = 'localhost',
  proxyLog,
}: StackOptions = {}): Promise<Stack> {
  const closers: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    // The addresses come first: each of the three has another one on a list.
    const app = createServer()
    const appUrl = await listen(app, ports.app)
    closers.push(() => stop(app))
    const front = createServer()
    const proxyUrl = await listen(front, ports.proxy)
    closers.push(() => stop(front))

    const redirectUri = `${proxyUrl}/1/callback`
    const sandbox = await startSandbox({ host: sandboxHost, port: ports.sandbox, redirectUri })
    closers.push(sandbox.close)

    const { clientId, clientSecret } = sandbox.client
    const settings = {
      clientId,
      clientSecret,
      apiUrl: sandbox.apiUrl,
      publicUrl: proxyUrl,
      redirectUris: [`${appUrl}/callback.html`],
      allowedOrigins: [appUrl],
      sealingKeys: [randomBytes(32).toString('base64url')],
      logLevel: proxyLog ? 'trace' : 'silent',
    }
    const proxy = createProxy(settings, proxyLog)
    closers.push(() => proxy.close())
    await proxy.ready()
    front.on('request', proxy.routing)

    const pageSettings = { clientId, proxyUrl, sandboxUrl: sandbox.url }
    const served = await (pages === 'dev' ? fromSource(pageSettings, app) : fromBuild(pageSettings))
    closers.push(served.close)
    let coop: CoopPolicies = {}
    app.on('request', (request, response) => {
      const policy = request.url?.startsWith('/callback.html') ? coop.callback : coop.app
      if (policy) response.setHeader('cross-origin-opener-policy', policy)
      served.listener(request, response)
    })
    const setCoop = (policies: CoopPolicies) => {
      coop = policies
    }
    return { appUrl, proxyUrl, sandbox, folder: served.folder, setCoop, close }
  } catch (error) {
    await close()
    throw error
  }
}

interface Pages {
  readonly folder: string
  readonly listener: RequestListener
  readonly close: () => Promise<void>
}

async function fromSource(settings: PageSettings, server: Server): Promise<Pages> {
  const vite = await createVite({
    ...pageConfig(settings),
    appType: 'mpa',
    server: {
      middlewareMode: true,
      hmr: { server },
      // The pages come from here; the sandbox's source, with its secret, does not.
      fs: { allow: ['.', '../../packages/browser', '../../node_modules'] },
    },
  })
  return { folder: vite.config.root, listener: vite.middlewares, close: vite.close }
}

async function fromBuild(settings: PageSettings): Promise<Pages> {
  const folder = await mkdtemp(join(tmpdir(), 'roambi-auth-spa-'))
  await buildPages(folder, settings)
  const close = () => rm(folder, { recursive: true })
  return { folder, listener: sirv(folder), close }
}
