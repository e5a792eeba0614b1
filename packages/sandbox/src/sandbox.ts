import { setTimeout as wait } from 'node:timers/promises'
import { apiRoutes } from './api.ts'
import { account } from './directory.ts'
import { createFaults } from './faults.ts'
import { createGrants } from './grants.ts'
import { homeRoutes } from './home.ts'
import { imageRoutes } from './images.ts'
import type { ApiRequest, TokenRequest } from './journal.ts'
import { type Levers, leverRoutes } from './levers.ts'
import { passwordAuthorizationRoutes } from './password-authorization.ts'
import { createServer, urlOf } from './server.ts'
import { defaultAddress, defaults, type SandboxOptions, type Settings } from './settings.ts'
import { signInRoutes } from './sign-in.ts'
import { tokenRoutes } from './token.ts'

/** A local Roambi Business that runs, with its levers and what has reached it. */
export interface Sandbox extends Levers {
  /** `http://localhost:4000` */
  readonly url: string
  /** `http://localhost:4000/1` */
  readonly apiUrl: string
  /** The registered API client. */
  readonly client: { clientId: string; clientSecret: string; redirectUri: string }
  /** The one account that can sign in. */
  readonly account: { email: string; password: string }
  /** What reached `POST /1/token`, oldest first. */
  readonly tokenRequests: readonly TokenRequest[]
  /** What reached the API behind the token, oldest first. */
  readonly apiRequests: readonly ApiRequest[]
  /**
   * An authorization code without the dialog; by default for the registered client and its redirect
   * URI.
   */
  issueCode(options?: { clientId?: string; redirectUri?: string }): string
  /** Stops at once: open connections are cut, hanging requests too. */
  close(): Promise<void>
}

/**
 * Starts a local Roambi Business.
 *
 * @example
 * ```ts
 * import { startSandbox } from '@roambi-auth/sandbox'
 *
 * const sandbox = await startSandbox({ port: 0 })
 * const code = sandbox.issueCode()
 * await sandbox.close()
 * ```
 *
 * @throws Node's own error, `code` `EADDRINUSE`, when the port is taken
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const {
    host = defaultAddress.host,
    port = defaultAddress.port,
    now = Date.now,
    logger = false,
    ...chosen
  } = options
  const settings: Settings = { ...defaults, ...chosen }
  const grants = createGrants(settings, now)
  const faults = createFaults()
  const tokenRequests: TokenRequest[] = []
  const apiRequests: ApiRequest[] = []
  const levers: Levers = {
    expireAccessTokens: grants.expireAccessTokens,
    revokeRefreshTokens: grants.revokeRefreshTokens,
    failNext: (fault, { times = 1, on = 'token' } = {}) => faults.add(fault, times, on),
    set: (changes) => void Object.assign(settings, changes),
  }

  const app = createServer(logger)
  const url = () => urlOf(app, host)
  app.register(async (roambi) => {
    roambi.addHook('onRequest', async () => {
      if (settings.latency > 0) await wait(settings.latency, undefined, { ref: false })
    })
    roambi.register(signInRoutes, { settings, grants, faults })
    roambi.register(passwordAuthorizationRoutes, { settings, grants, faults })
    roambi.register(tokenRoutes, { settings, grants, faults, tokenRequests })
    roambi.register(apiRoutes, { settings, grants, faults, apiRequests, now, url })
  })
  app.register(imageRoutes)
  app.register(homeRoutes, { settings, url })
  app.register(leverRoutes, { prefix: '/sandbox', levers, state })
  await app.listen({ host, port })

  function state(): object {
    const { clientSecret: _, ...visible } = settings
    const counts = { tokenRequests: tokenRequests.length, apiRequests: apiRequests.length }
    return { settings: visible, ...counts }
  }

  return {
    ...levers,
    url: url(),
    apiUrl: `${url()}/1`,
    get client() {
      const { clientId, clientSecret, redirectUri } = settings
      return { clientId, clientSecret, redirectUri }
    },
    account,
    tokenRequests,
    apiRequests,
    issueCode: ({ clientId = settings.clientId, redirectUri = settings.redirectUri } = {}) =>
      grants.issueCode(clientId, redirectUri),
    close: () => app.close(),
  }
}
