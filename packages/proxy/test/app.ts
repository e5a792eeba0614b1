// The app in its user's browser, as far as the proxy can tell: it keeps cookies, follows redirects
// one by one, and proves its key.
import { createHash } from 'node:crypto'
import type { Sandbox } from '@roambi-auth/sandbox'
import { calculateThumbprint, generateKeyPair, generateProof, type KeyPair } from 'dpop'
import { expect } from 'vitest'
import { type CookieJar, cookieHeader, keepCookies } from './cookie-jar.ts'
import {
  type Answer,
  client,
  codeForm,
  publicUrl,
  redirectUri,
  refreshForm,
  type StagedProxy,
  startStage,
} from './stage.ts'

export const codeVerifier = 'a-code-verifier-of-forty-three-characters-or-so'
export const tokenUrl = `${publicUrl}/1/token`

type Changes = Record<string, string | undefined>

export interface App {
  readonly keys: KeyPair
  readonly jkt: string
  /** The cookies that the browser has for the proxy. */
  readonly cookies: CookieJar
  /** Opens an address of the proxy, and follows no redirect. */
  visit(path: string, init?: RequestInit): Promise<Response>
  /** An authorization request; `undefined` leaves a parameter out. */
  authorize(changes?: Changes): Promise<Response>
  /** Signs in up to the address of the callback, where Roambi sends the user. */
  comeBack(changes?: Changes): Promise<string>
  /** Signs in; gives the parameters that the app's callback page gets. */
  signIn(changes?: Changes): Promise<Record<string, string>>
  /** Posts to the token endpoint with a proof, and again with the nonce that is asked for. */
  post(form: Record<string, string>): Promise<Answer>
  redeem(code: string, changes?: Record<string, string>): Promise<Answer>
  refresh(refreshToken: string): Promise<Answer>
  /** Signs in and redeems the code; gives the refresh token. */
  getRefreshToken(): Promise<string>
}

/** An app with a proxy and a sandbox of its own. */
export async function startApp(
  ...stage: Parameters<typeof startStage>
): Promise<Awaited<ReturnType<typeof startStage>> & { app: App }> {
  const { proxy, sandbox } = await startStage(...stage)
  return { proxy, sandbox, app: await openApp(proxy, sandbox) }
}

export async function openApp(
  proxy: StagedProxy,
  sandbox: Pick<Sandbox, 'issueCode'>,
  keys?: KeyPair,
): Promise<App> {
  keys ??= await generateKeyPair('ES256')
  const jkt = await calculateThumbprint(keys.publicKey)
  const cookies: CookieJar = new Map()

  const app: App = {
    keys,
    jkt,
    cookies,

    async visit(path, { headers, ...init } = {}) {
      const cookie = cookieHeader(cookies)
      const response = await fetch(proxy.url + path, {
        redirect: 'manual',
        headers: { ...(cookie && { cookie }), ...(headers as Record<string, string>) },
        ...init,
      })
      keepCookies(cookies, response)
      return response
    },

    authorize: (changes = {}) =>
      app.visit(`/1/authorize?${authorizationQuery({ dpop_jkt: jkt, ...changes })}`),

    async comeBack(changes) {
      const state = locationOf(await app.authorize(changes)).searchParams.get('state') ?? ''
      return `/1/callback?${new URLSearchParams({ code: sandbox.issueCode(), state })}`
    },

    async signIn(changes) {
      const response = await app.visit(await app.comeBack(changes))
      return Object.fromEntries(locationOf(response).searchParams)
    },

    async post(form) {
      const prove = (nonce?: string) => generateProof(keys, tokenUrl, 'POST', nonce)
      const first = await proxy.post(form, { dpop: await prove() })
      const nonce = first.headers.get('dpop-nonce')
      return nonce ? proxy.post(form, { dpop: await prove(nonce) }) : first
    },

    redeem: (code, changes) =>
      app.post({ ...codeForm(code), code_verifier: codeVerifier, ...changes }),
    refresh: (refreshToken) => app.post(refreshForm(refreshToken)),

    async getRefreshToken() {
      const { code = '' } = await app.signIn()
      return String((await app.redeem(code)).body.refresh_token)
    },
  }
  return app
}

export function authorizationQuery(changes: Changes = {}): URLSearchParams {
  const parameters = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: redirectUri,
    state: 'state-of-the-app',
    code_challenge: challengeOf(codeVerifier),
    code_challenge_method: 'S256',
    ...changes,
  }
  const sent = Object.entries(parameters).filter(([, value]) => value !== undefined)
  return new URLSearchParams(sent as [string, string][])
}

export const challengeOf = (verifier: string): string =>
  createHash('sha256').update(verifier).digest('base64url')

/** The parameters that the app gets by a redirect to exactly its redirect URI. */
export function authorizationResponseOf(
  response: Response,
  expectedUri = redirectUri,
): Record<string, string> {
  const location = response.headers.get('location') ?? ''
  const start = `${expectedUri}${expectedUri.includes('?') ? '&' : '?'}`
  expect(response.status).toBe(303)
  expect(location.slice(0, start.length)).toBe(start)
  const parameters = [...new URLSearchParams(location.slice(start.length))]
  const names = parameters.map(([name]) => name)
  expect(names).toEqual([...new Set(names)])
  return Object.fromEntries(parameters)
}

/** The text of an error page; nobody is redirected, and nothing is kept, framed or run. */
export async function errorPageOf(response: Response, status = 400): Promise<string> {
  expect(response.status).toBe(status)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': expect.stringMatching(
      /^default-src 'none'; .*frame-ancestors 'none'/,
    ),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  })
  for (const name of ['location', 'refresh', 'link']) expect(response.headers.has(name)).toBe(false)
  const text = await response.text()
  expect(text).toContain("The sign-in can't go on")
  expect(text).not.toMatch(/<(a|base|form|iframe|img|script)\b|http-equiv|https?:/i)
  return text
}

/** Where a response redirects to. */
export function locationOf(response: Response): URL {
  return new URL(response.headers.get('location') ?? '')
}
