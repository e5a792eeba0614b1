import type { FastifyServerOptions } from 'fastify'

/**
 * What a renewal does with the refresh token: `off` answers the same one again, `lenient` answers a
 * new one and the old one lives on, `strict` answers a new one and the old one is dead at once.
 */
export type Rotation = 'off' | 'lenient' | 'strict'

/** What can be changed while the sandbox runs; each change takes effect at once. */
export interface AdjustableSettings {
  /**
   * The one registered redirect URI, compared character by character; default
   * `http://localhost:4001/1/callback`, the proxy's.
   */
  redirectUri: string
  /** Seconds that an access token lives; default 86400. */
  tokenLifetime: number
  /** What a renewal does with the refresh token; default `off`. */
  rotation: Rotation
  /** Milliseconds that every answer of Roambi waits; default 0. */
  latency: number
  /** Cross-Origin-Opener-Policy of the sign-in dialog and its redirects; default none (empty). */
  coop: string
  /** Answers `disabled_account` to every API request; default false. */
  accountDisabled: boolean
  /** API requests a minute for each access token; default 100. */
  rateLimit: number
  /** Over the limit: 503 as in the guide, or the 403 in plain text that the Java SDK expects; default 503. */
  rateLimitStatus: 503 | 403
}

/** All settings of a sandbox. */
export interface Settings extends AdjustableSettings {
  /** The Consumer Key; default `4f1d7a92c05b4e6f8d3a`. */
  readonly clientId: string
  /** The Consumer Secret; default `c2b81f06e9d74a35907be4d1683fa52cd0917b3e`. */
  readonly clientSecret: string
}

/** Options of `startSandbox()`: any setting, and where and how it runs. */
export interface SandboxOptions extends Partial<Settings> {
  /** The address to listen on; default `localhost`. */
  host?: string
  /** 0 takes any free port; default 4000. */
  port?: number
  /** The clock, in milliseconds since 1970; default `Date.now`. */
  now?: () => number
  /** Passed to Fastify; default false. */
  logger?: Exclude<FastifyServerOptions['logger'], undefined>
}

/** Where the sandbox listens by default. */
export const defaultAddress = { host: 'localhost', port: 4000 } as const

/** What holds for each setting that is not given. */
export const defaults: Readonly<Settings> = {
  clientId: '4f1d7a92c05b4e6f8d3a',
  clientSecret: 'c2b81f06e9d74a35907be4d1683fa52cd0917b3e',
  redirectUri: 'http://localhost:4001/1/callback',
  tokenLifetime: 86_400,
  rotation: 'off',
  latency: 0,
  coop: '',
  accountDisabled: false,
  rateLimit: 100,
  rateLimitStatus: 503,
}
