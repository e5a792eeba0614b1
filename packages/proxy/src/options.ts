import type { Registry } from 'prom-client'
import type { Client } from './client.ts'
import type { Readiness } from './operations/readiness.ts'

/** Options of the plugin: those of one client, or a list of several. */
export type RoambiProxyOptions = DeploymentOptions & Instruments & (ClientOptions | SeveralClients)

/** In place of the options of one client. */
export interface SeveralClients {
  /** Each app by its own API client; what one of them is given, no other can use. */
  clients: readonly ClientOptions[]
}

/** An app, as it is registered with Roambi. */
export interface ClientOptions {
  /** The Consumer Key of the API client. */
  clientId: string
  /**
   * The Consumer Secret. It goes to `apiUrl`'s `/token` and nowhere else. While it is being changed,
   * the new and the old one: they are tried in order.
   */
  clientSecret: string | readonly string[]
  /**
   * The app's callback pages, compared character by character. https, or http on a loopback host.
   */
  redirectUris: readonly string[]
  /** The origins of the app, such as `https://app.example.com`, compared character by character. */
  allowedOrigins: readonly string[]
}

/** What is the same for all clients. */
export interface DeploymentOptions {
  /** Where browsers reach this server: the issuer, an origin such as `https://auth.example.com`. */
  publicUrl: string
  /**
   * `pkce`: the app signs in through `/1/authorize`, and Roambi knows `publicUrl`'s `/1/callback` as
   * redirect URI. `direct`: the app goes to Roambi itself, and nothing protects its code. Default
   * `pkce`.
   */
  mode?: 'pkce' | 'direct'
  /**
   * What keeps its codes and refresh tokens: each at least 32 random bytes as base64url. The first
   * one seals, all of them open. Default: a random one, except with `NODE_ENV=production`, where
   * they are required.
   */
  sealingKeys?: readonly string[]
  /**
   * Who gets a refresh token. `dpop`: only who proves a key (RFC 9449). `bearer`: anybody, against RFC
   * 9700 section 2.2.2. Default `dpop`.
   */
  refreshTokens?: 'dpop' | 'bearer'
  /** How long after the sign-in a refresh token ends at the latest, in s. Default 30 days. */
  refreshTokenLifetime?: number
  /** How long a refresh token lives that is not used, in s. Default 7 days. */
  refreshTokenIdleLifetime?: number
  /** Base of the Roambi API. https, or http on a loopback host. Default `https://api.roambi.com/1`. */
  apiUrl?: string
  /** Whether other requests under `/1/` that carry an access token are forwarded. Default `true`. */
  forwardApi?: boolean
  /**
   * A Redis that all instances share, `redis://` or `rediss://`. Without it, each instance remembers
   * for itself, and there is no `/1/revoke`.
   */
  redisUrl?: string
  /** Requests of one address for one client in a minute, at each endpoint but the API. Default: any. */
  rateLimit?: number
  /** Requests that are served at once; as many again are forwarded. Default 500. */
  maxConcurrent?: number
  /** How long the upstream may take. */
  timeouts?: Partial<Timeouts>
  /** Longest pause before the one repetition of a token request, in ms. Default 500. */
  retryPause?: number
}

/** What lets others see how the proxy does. */
export interface Instruments {
  /** A registry of prom-client, which gets the proxy's metrics. Default: nothing is counted. */
  registry?: Registry
  /** Made by `createReadiness`, and told whether Roambi takes the credentials. Default: none. */
  readiness?: Readiness
}

/** How long the upstream may take. All in ms. */
export interface Timeouts {
  /** For a connection to the upstream, in ms. Default 3000. */
  connect: number
  /** For a token request in all, its repetition included, in ms. Default 10000. */
  token: number
  /**
   * For the upstream's silence in a forwarded request, in ms; the app's is borne a little longer.
   * Default 30000.
   */
  api: number
}

type Optional = 'sealingKeys' | 'redisUrl' | 'rateLimit'

export interface CheckedOptions
  extends Required<Omit<DeploymentOptions, Optional>>,
    Pick<DeploymentOptions, Optional> {
  readonly timeouts: Timeouts
  readonly clients: readonly Client[]
}
