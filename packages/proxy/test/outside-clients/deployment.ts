// The proxy where a client finds it, at its public URL, and a user with a browser.
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Sandbox, startSandbox } from '@roambi-auth/sandbox'
import { onTestFinished } from 'vitest'
import { createServer, type ServerSettings } from '../../src/index.ts'
import { type CookieJar, cookieHeader, keepCookies } from '../cookie-jar.ts'
import { client, redirectUri, sealingKeys, settings as usual } from '../stage.ts'

export interface Deployment {
  readonly publicUrl: string
  readonly sandbox: Sandbox
  /** Opens an authorization request, and lets the user decide; gives the authorization response. */
  signIn(authorizationRequest: string | URL, decision?: 'allow' | 'deny'): Promise<URL>
}

export async function startDeployment(settings: Partial<ServerSettings> = {}): Promise<Deployment> {
  // The port is a part of the public URL, which the proxy must know before it can serve anything.
  const front = createHttpServer()
  await new Promise<void>((resolve) => front.listen(0, 'localhost', resolve))
  const publicUrl = `http://localhost:${(front.address() as AddressInfo).port}`
  const registered = settings.mode === 'direct' ? redirectUri : `${publicUrl}/1/callback`
  const sandbox = await startSandbox({ port: 0, ...client, redirectUri: registered })
  const proxy = createServer({
    ...usual,
    publicUrl,
    sealingKeys,
    apiUrl: sandbox.apiUrl,
    retryPause: 10,
    logLevel: 'silent',
    ...settings,
  })
  onTestFinished(async () => {
    front.close()
    front.closeAllConnections()
    await proxy.close()
    await sandbox.close()
  })
  await proxy.ready()
  front.on('request', proxy.routing)

  return {
    publicUrl,
    sandbox,
    async signIn(authorizationRequest, decision = 'allow') {
      const open = openBrowser()
      const page = await open(String(authorizationRequest))
      return (await open(...submission(page, { ...sandbox.account, decision }))).url
    },
  }
}

interface Page {
  readonly url: URL
  readonly text: string
}

/** Keeps cookies and follows redirects, as far as to the app: its page is not there. */
function openBrowser() {
  const cookies: CookieJar = new Map()

  return async function open(url: string, form?: Record<string, string>): Promise<Page> {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: cookieHeader(cookies) },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    })
    keepCookies(cookies, response)
    const text = await response.text()
    const location = response.headers.get('location')
    if (location === null) return { url: new URL(url), text }
    return location.startsWith(redirectUri) ? { url: new URL(location), text } : open(location)
  }
}

/** The form of Roambi's page, filled in. */
function submission(
  { url, text }: Page,
  typed: Record<string, string>,
): [string, Record<string, string>] {
  const [, action] = /<form method="post" action="([^"]+)">/.exec(text) ?? []
  if (action === undefined) throw new Error(`This is not the sign-in page: ${url.href} ${text}`)
  const hidden = text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)
  const fields = Object.fromEntries([...hidden].map(([, name, value]) => [name, value]))
  return [new URL(action, url).href, { ...fields, ...typed }]
}
