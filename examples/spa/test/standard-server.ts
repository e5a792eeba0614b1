// An OAuth server of other people, in the place of the proxy, and the example built to sign in there.

import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Provider } from 'oidc-provider'
import sirv from 'sirv'
import { build } from 'vite'
import { listen, stop } from '../http-server.ts'

export interface StandardServer {
  readonly appUrl: string
  readonly issuer: string
  /** What became of each token request: the grant that was given, or the error. */
  readonly tokenRequests: readonly string[]
  /** The thumbprint of the key that each authorization request named, as `dpop_jkt`. */
  readonly codeKeys: readonly (string | undefined)[]
  /** The thumbprint of the key that each refresh token is bound to. */
  readonly refreshTokenKeys: readonly (string | undefined)[]
  close(): Promise<void>
}

export interface StandardServerOptions {
  /** What the server says that it is. Default: its own origin. */
  issuer?: string
}

export async function startStandardServer(
  options: StandardServerOptions = {},
): Promise<StandardServer> {
  const server = createServer()
  const app = createServer()
  const [serverUrl, appUrl] = await Promise.all([listen(server), listen(app)])
  const { issuer = serverUrl } = options

  const provider = new Provider(issuer, configuration(appUrl))
  server.on('request', provider.callback())
  const journal = keepJournal(provider)

  const folder = await buildPages(serverUrl)
  app.on('request', sirv(folder))
  return {
    appUrl,
    issuer,
    ...journal,
    async close() {
      await Promise.all([stop(server), stop(app), rm(folder, { recursive: true })])
    },
  }
}

const clientId = 'spa-1'

/** As strict as the server can be about what a browser sends. */
function configuration(appUrl: string): object {
  return {
    clients: [
      {
        client_id: clientId,
        redirect_uris: [`${appUrl}/callback.html`],
        response_types: ['code'],
        grant_types: ['authorization_code', 'refresh_token'],
        token_endpoint_auth_method: 'none',
        dpop_bound_access_tokens: true,
      },
    ],
    routes: { authorization: '/1/authorize', token: '/1/token' },
    pkce: { required: () => true },
    features: {
      dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
      devInteractions: { enabled: true },
    },
    // Where a request has no scope, the server has a default one (RFC 6749 section 3.3).
    extraParams: { scope: grantDefaultScope },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    clientBasedCORS: (_context: unknown, origin: string) => origin === appUrl,
    cookies: { keys: [randomBytes(32).toString('hex')] },
  }
}

function grantDefaultScope({ oidc }: { oidc: { params: { scope?: string } } }): void {
  oidc.params.scope ??= 'openid'
}

function keepJournal(provider: Provider) {
  const tokenRequests: string[] = []
  const codeKeys: (string | undefined)[] = []
  const refreshTokenKeys: (string | undefined)[] = []
  provider.on('grant.success', ({ oidc }) => void tokenRequests.push(oidc.params.grant_type))
  provider.on('grant.error', (_, { message }) => void tokenRequests.push(message))
  provider.on('authorization_code.saved', ({ dpopJkt }) => void codeKeys.push(dpopJkt))
  provider.on('refresh_token.saved', ({ jkt }) => void refreshTokenKeys.push(jkt))
  return { tokenRequests, codeKeys, refreshTokenKeys }
}

async function buildPages(serverUrl: string): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'roambi-auth-standard-'))
  await build({
    root: join(import.meta.dirname, '..'),
    logLevel: 'warn',
    define: {
      'import.meta.env.VITE_ROAMBI_CLIENT_ID': JSON.stringify(clientId),
      'import.meta.env.VITE_PROXY_URL': JSON.stringify(serverUrl),
      'import.meta.env.VITE_SANDBOX_URL': '""',
    },
    build: { outDir, emptyOutDir: true },
  })
  return outDir
}
