import type { SandboxOptions } from '@roambi-auth/sandbox'
import type { ClientOptions, DeploymentOptions } from '../options.ts'

// They have no name here: vite.config.ts lies in a repository, and the dev server serves it.
type Secrets = 'clientSecret' | 'sealingKeys' | 'redisUrl'

/** Those of the proxy, all optional, but for secrets; what is not set is read from the environment. */
export interface RoambiPluginOptions
  extends Partial<Omit<ClientOptions, Secrets>>,
    Partial<Omit<DeploymentOptions, Secrets>> {
  /**
   * A local Roambi in place of the real one, on a port of its own: `true`, or what it is to be like.
   * `clientId` and `apiUrl` are its own then. Needs `@roambi-auth/sandbox`. Default `false`.
   */
  sandbox?: boolean | SandboxSettings
}

/**
 * Those of `startSandbox`, but for the redirect URI, which is the proxy's. Default of `port`: 4000, or
 * any free one where that is taken.
 */
export type SandboxSettings = Omit<SandboxOptions, 'redirectUri'>

/** What `sandbox` asks for; `undefined`: none. */
export function sandboxSettings({ sandbox }: RoambiPluginOptions): SandboxSettings | undefined {
  return sandbox === true ? {} : sandbox || undefined
}

type WithVariable = Exclude<keyof RoambiPluginOptions, 'sandbox' | 'timeouts' | 'retryPause'>

/** The variable that stands for an option, where there is one. */
export const variableOf: Readonly<Record<WithVariable, string>> = {
  clientId: 'ROAMBI_CLIENT_ID',
  apiUrl: 'ROAMBI_API_URL',
  publicUrl: 'PROXY_PUBLIC_URL',
  redirectUris: 'PROXY_REDIRECT_URIS',
  allowedOrigins: 'PROXY_ALLOWED_ORIGINS',
  mode: 'PROXY_MODE',
  refreshTokens: 'PROXY_REFRESH_TOKENS',
  refreshTokenLifetime: 'PROXY_REFRESH_TOKEN_LIFETIME',
  refreshTokenIdleLifetime: 'PROXY_REFRESH_TOKEN_IDLE_LIFETIME',
  forwardApi: 'PROXY_FORWARD_API',
  rateLimit: 'PROXY_RATE_LIMIT',
  maxConcurrent: 'PROXY_MAX_CONCURRENT',
}
