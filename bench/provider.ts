// An OAuth server of other people, which all the libraries sign in at, and an app for one of them.

import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'
import { listen, stop } from './http-server.ts'
import { servePage } from './page.ts'

export interface ProviderOptions {
  /** The script of the app's only page. */
  readonly script: string
  /** Where its library expects the endpoints. */
  readonly paths: { readonly authorization: string; readonly token: string }
  /** With which the issuer ends. Default: nothing. */
  readonly issuerEnd?: '/'
}

export interface AppAtProvider {
  readonly appUrl: string
  /** How long an access token lives that is given from now on, in s. */
  setLifetime(seconds: number): void
  /** How each request for a renewal ended: `ok`, or with which error. */
  readonly renewals: readonly string[]
  close(): Promise<void>
}

export async function startAppAtProvider({
  script,
  paths,
  issuerEnd,
}: ProviderOptions): Promise<AppAtProvider> {
  const server = createServer()
  const app = createServer()
  const [serverUrl, appUrl] = await Promise.all([listen(server), listen(app)])
  let lifetime = 60
  const provider = new Provider(serverUrl + (issuerEnd ?? ''), {
    clients: [
      {
        client_id: 'app',
        redirect_uris: [`${appUrl}/callback.html`],
        response_types: ['code'],
        grant_types: ['authorization_code', 'refresh_token'],
        token_endpoint_auth_method: 'none',
      },
    ],
    routes: paths,
    ttl: { AccessToken: () => lifetime, IdToken: () => lifetime },
    pkce: { required: () => true },
    features: {
      dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
      devInteractions: { enabled: true },
    },
    // Where a request has no scope, the server has a default one (RFC 6749 section 3.3).
    extraParams: { scope: grantDefaultScope },
    issueRefreshToken: async () => true,
    // As strict as servers are: a refresh token that is used twice ends the session.
    rotateRefreshToken: true,
    scopes: ['openid', 'offline_access'],
    clientBasedCORS: (_context: unknown, origin: string) => origin === appUrl,
    cookies: { keys: [randomBytes(32).toString('hex')] },
  })
  server.on('request', provider.callback())
  const renewals: string[] = []
  provider.on('grant.success', ({ oidc }) => {
    if (oidc.params?.grant_type === 'refresh_token') renewals.push('ok')
  })
  provider.on('grant.error', ({ oidc }, { message }) => {
    if (oidc.params?.grant_type === 'refresh_token') renewals.push(message)
  })

  app.on('request', await servePage(script, { serverUrl }))
  return {
    appUrl,
    setLifetime: (seconds) => {
      lifetime = seconds
    },
    renewals,
    close: async () => void (await Promise.all([stop(server), stop(app)])),
  }
}

function grantDefaultScope({ oidc }: { oidc: { params: { scope?: string } } }): void {
  oidc.params.scope ??= 'openid'
}
