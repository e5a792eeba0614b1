// What each option must be. Nothing is read or filled in here.
import { parseUrl } from './http/parse-url.ts'
import type { ClientOptions, DeploymentOptions } from './options.ts'
import { isSealingKey } from './sealing/sealing-keys.ts'

/** What is wrong with an option, as `option problem` reads: `clientId must be printable ASCII`. */
export interface Problem {
  /** Of one of several clients: `clients[0].redirectUris`. */
  readonly option: string
  /** Without the value, which may be a secret. */
  readonly problem: string
}

export interface Rule {
  readonly problem: string
  readonly holds: (value: unknown) => boolean
}

/** One for each option: without it, the option does not compile. */
export const clientRules: Readonly<Record<keyof ClientOptions, Rule>> = {
  clientId: { problem: 'must be printable ASCII', holds: isPrintable },
  clientSecret: {
    problem: 'must be printable ASCII, or a list of such',
    holds: (value) => isPrintable(value) || isListOf(value, isPrintable),
  },
  redirectUris: {
    problem:
      'must list at least one URI, each an https URL without fragment (http on a loopback host only)',
    holds: (value) => isListOf(value, isRedirectUri),
  },
  allowedOrigins: {
    problem:
      'must list at least one origin, each like https://app.example.com, without path, slash or *',
    holds: (value) => isListOf(value, isOrigin),
  },
}

/** Those that all clients share. */
export const rules: Readonly<Record<keyof DeploymentOptions, Rule>> = {
  publicUrl: {
    problem:
      'must be an origin without path or slash, like https://auth.example.com (http on a loopback host only)',
    holds: (value) => typeof value === 'string' && isOrigin(value) && isSafeUrl(value),
  },
  mode: { problem: 'must be pkce or direct', holds: isOneOf('pkce', 'direct') },
  sealingKeys: {
    problem:
      'must list keys of at least 32 random bytes each, as base64url (and must be set with NODE_ENV=production)',
    holds: (value) => (value === undefined ? !isProduction() : isListOf(value, isSealingKey)),
  },
  refreshTokens: { problem: 'must be dpop or bearer', holds: isOneOf('dpop', 'bearer') },
  refreshTokenLifetime: { problem: 'must be a whole number of s above 0', holds: isCount },
  refreshTokenIdleLifetime: { problem: 'must be a whole number of s above 0', holds: isCount },
  apiUrl: {
    problem: 'must be an https URL without query and fragment (http on a loopback host only)',
    holds: isApiUrl,
  },
  forwardApi: { problem: 'must be true or false', holds: (value) => typeof value === 'boolean' },
  redisUrl: {
    problem: 'must be a redis:// or rediss:// URL without query',
    holds: (value) => value === undefined || isRedisUrl(value),
  },
  rateLimit: {
    problem: 'must be a whole number above 0',
    holds: (value) => value === undefined || isCount(value),
  },
  maxConcurrent: { problem: 'must be a whole number above 0', holds: isCount },
  timeouts: {
    problem: 'must be whole numbers of ms above 0',
    holds: (value) => Object.values(value as object).every(isCount),
  },
  retryPause: {
    problem: 'must be a number of ms, 0 or more',
    holds: (value) => Number.isFinite(value) && (value as number) >= 0,
  },
}

function isPrintable(value: unknown): boolean {
  return typeof value === 'string' && /^[\x20-\x7e]+$/.test(value)
}

function isApiUrl(value: unknown): boolean {
  return typeof value === 'string' && isSafeUrl(value) && !/[?#]/.test(value)
}

function isSafeUrl(value: string): boolean {
  const url = parseUrl(value)
  if (!url) return false
  const { protocol, hostname, username, password } = url
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  return (protocol === 'https:' || (protocol === 'http:' && isLoopback)) && !username && !password
}

// A query would be taken for settings of the connection, and go before the proxy's own.
function isRedisUrl(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^rediss?:\/\/[^/?#]+[^?#]*$/.test(value) &&
    !/%(?![\da-f]{2})/i.test(value) &&
    parseUrl(value) !== undefined
  )
}

// Without a key of its own, each instance and each restart would have another one.
function isProduction(): boolean {
  return process.env.NODE_ENV === 'production'
}

function isOneOf(...values: string[]): (value: unknown) => boolean {
  return (value) => values.includes(value as string)
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0
}

function isListOf(value: unknown, holds: (entry: string) => boolean): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((entry) => typeof entry === 'string' && holds(entry))
  )
}

// A redirect sends it as it stands, so it must be what a header can hold.
function isRedirectUri(entry: string): boolean {
  return /^[\x21-\x7e]+$/.test(entry) && isSafeUrl(entry) && !entry.includes('#')
}

function isOrigin(entry: string): boolean {
  return parseUrl(entry)?.origin === entry && !entry.includes('*')
}
