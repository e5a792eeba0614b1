// Starts what a test needs; all of it is closed when the test is over.
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { type Sandbox, type SandboxOptions, startSandbox } from '@roambi-auth/sandbox'
import { onTestFinished } from 'vitest'
import { createServer, type ServerSettings } from '../src/index.ts'
import { createKeyRing } from '../src/sealing/sealing-keys.ts'
import { createRefreshTokens } from '../src/token/refresh-token.ts'

export const appOrigin = 'https://app.example.com'
export const redirectUri = 'https://app.example.com/callback.html'
export const publicUrl = 'https://auth.example.com'
export const callbackUrl = `${publicUrl}/1/callback`
export const sealingKeys = ['first-sealing-key-of-the-tests-is-not-random-at-all']
export const client = { clientId: 'consumer-key-1', clientSecret: 'consumer-secret-1' }

/** What every proxy must be told. */
export const settings = {
  ...client,
  publicUrl,
  redirectUris: [redirectUri],
  allowedOrigins: [appOrigin],
}

export const bearer = { authorization: 'Bearer 1/65_EnBUJxDe5GsIjC' }

export interface StagedProxy {
  readonly url: string
  /** What was logged so far. */
  log(): string
  /** Posts a form to `/1/token`, by default as the app's page does. */
  post(form: Record<string, string> | string, headers?: Record<string, string>): Promise<Answer>
  /** Only for tests of closing: it is closed in any case when the test is over. */
  close(): Promise<void>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

/** For tests of what lies behind the token endpoint: Roambi's codes pass, and no key is needed. */
export const plain = { mode: 'direct', refreshTokens: 'bearer' } as const

/** The proxy in front of a sandbox, with the codes and tokens of {@link plain}. */
export const startPlainStage: typeof startStage = (settings, sandboxOptions) =>
  startStage({ ...plain, ...settings }, sandboxOptions)

/** The proxy in front of a sandbox. */
export async function startStage(
  settings: Partial<ServerSettings> = {},
  sandboxOptions: SandboxOptions = {},
): Promise<{ sandbox: Sandbox; proxy: StagedProxy }> {
  const registered = settings.mode === 'direct' ? redirectUri : callbackUrl
  const sandbox = await startSandbox({
    port: 0,
    ...client,
    redirectUri: registered,
    ...sandboxOptions,
  })
  onTestFinished(() => sandbox.close())
  return { sandbox, proxy: await startProxy({ apiUrl: sandbox.apiUrl, ...settings }) }
}

export async function startProxy(changes: Partial<ServerSettings>): Promise<StagedProxy> {
  const lines: string[] = []
  const app = createServer(
    {
      ...('clients' in changes ? { publicUrl } : settings),
      sealingKeys,
      retryPause: 10,
      // A test's own work may hold up the loop that it shares with the proxy.
      maxEventLoopDelay: 0,
      logLevel: 'trace',
      ...changes,
    } as ServerSettings,
    { write: (line) => void lines.push(line) },
  )
  await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => app.close())
  return {
    url: app.listeningOrigin,
    log: () => lines.join(''),
    post: (form, headers = { origin: appOrigin }) =>
      postForm(`${app.listeningOrigin}/1/token`, form, headers),
    close: () => app.close(),
  }
}

async function postForm(
  url: string,
  form: Record<string, string> | string,
  headers: Record<string, string>,
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(form).toString(),
  })
  return answerOf(response)
}

export async function answerOf(response: Response): Promise<Answer> {
  const body = (await response.json()) as Answer['body']
  return { status: response.status, headers: response.headers, body }
}

/** An upstream that does as the test says, for what the sandbox is too well-behaved to do. */
export async function startUpstream(
  listener: RequestListener,
  port = 0,
): Promise<{ apiUrl: string; requests: () => number }> {
  let requests = 0
  const server = createHttpServer((request, response) => {
    requests += 1
    listener(request, response)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  const address = server.address() as AddressInfo
  return { apiUrl: `http://127.0.0.1:${address.port}/1`, requests: () => requests }
}

/** The proxy in front of an upstream that answers with what it received. */
export async function startEchoStage(settings: Partial<ServerSettings> = {}): Promise<{
  echo: Awaited<ReturnType<typeof startUpstream>>
  proxy: StagedProxy
}> {
  const echo = await startEcho()
  return { echo, proxy: await startProxy({ apiUrl: echo.apiUrl, ...settings }) }
}

/** An upstream that answers with what it received. */
export const startEcho = (): ReturnType<typeof startUpstream> =>
  startUpstream((request, response) => {
    const { method, url, headers } = request
    request.resume().on('end', () => response.end(JSON.stringify({ method, url, headers })))
  })

export const codeForm = (code: string): Record<string, string> => ({
  grant_type: 'authorization_code',
  client_id: client.clientId,
  redirect_uri: redirectUri,
  code,
})

export const refreshForm = (refreshToken: string): Record<string, string> => ({
  grant_type: 'refresh_token',
  client_id: client.clientId,
  refresh_token: refreshToken,
})

/** A renewal that gets through to the upstream, of a proxy with {@link plain}. */
export async function sealedRefreshForm(): Promise<Record<string, string>> {
  const owner = { ...client, publicUrl }
  const policy = {
    refreshTokens: 'bearer',
    refreshTokenLifetime: 60,
    refreshTokenIdleLifetime: 60,
  } as const
  const { refresh_token = '' } = await createRefreshTokens(
    createKeyRing(sealingKeys),
    owner,
    policy,
  ).issue(
    { access_token: 'a', token_type: 'Bearer', refresh_token: 'r' },
    { code: 'c', redirectUri },
  )
  return refreshForm(refresh_token)
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createTcpServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
