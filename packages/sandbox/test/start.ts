import { onTestFinished } from 'vitest'
import { type Sandbox, type SandboxOptions, startSandbox } from '../src/index.ts'

export async function start(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ port: 0, ...options })
  onTestFinished(() => sandbox.close())
  return sandbox
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  /** The body, when it is JSON. */
  json: unknown
}

export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { redirect: 'manual', ...init })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json')
  const { status, headers } = response
  return { status, headers, text, json: isJson ? JSON.parse(text) : undefined }
}

export function post(url: string, form: Record<string, string> = {}): Promise<Answer> {
  return ask(url, { method: 'POST', body: new URLSearchParams(form) })
}

/** The parameters of the guide's code exchange. */
export function exchange(sandbox: Sandbox, code: string = sandbox.issueCode()) {
  const { clientId, clientSecret, redirectUri } = sandbox.client
  return { client_id: clientId, client_secret: clientSecret, redirect_uri: redirectUri, code }
}

export interface TokenAnswer {
  access_token: string
  expires_in: number
  refresh_token: string
  token_type: string
}

export function token(sandbox: Sandbox, parameters: Record<string, string>): Promise<Answer> {
  return post(`${sandbox.apiUrl}/token`, parameters)
}

export async function signIn(sandbox: Sandbox): Promise<TokenAnswer> {
  return (await token(sandbox, exchange(sandbox))).json as TokenAnswer
}

/** The Java SDK's refresh. */
export function refresh(sandbox: Sandbox, refresh_token: string): Promise<Answer> {
  const { client_id, client_secret } = exchange(sandbox, 'none')
  return token(sandbox, { client_id, client_secret, refresh_token, grant_type: 'refresh_token' })
}

export function api(
  sandbox: Sandbox,
  path: string,
  accessToken: string,
  init: RequestInit = {},
): Promise<Answer> {
  const headers = { ...init.headers, authorization: `Bearer ${accessToken}` }
  return ask(`${sandbox.apiUrl}${path}`, { ...init, headers })
}

/** The paths of Joan's account. */
export const accountUid = '5016b62a9a5cd7a4c7000001'
export const account: string = `/accounts/${accountUid}`

export type Ask = (path: string, init?: RequestInit) => Promise<Answer>

/** Asks the API with a fresh access token. */
export async function signedIn(sandbox: Sandbox): Promise<Ask> {
  const { access_token } = await signIn(sandbox)
  return (path, init) => api(sandbox, path, access_token, init)
}
