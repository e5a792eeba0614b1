// What the settings come to, for people. No part of a secret is in it, nor the URL of Redis.
import type { Client } from '../client.ts'
import { endpointsOf } from '../endpoints.ts'
import type { CheckedOptions } from '../options.ts'
import { createKeyRing } from '../sealing/sealing-keys.ts'
import type { Settings } from './settings.ts'

export function describeSettings(options: CheckedOptions, settings: Settings): string[] {
  const { publicUrl, mode, apiUrl, forwardApi, rateLimit, maxConcurrent } = options
  const { host, port, metricsPort, trustedProxies = [] } = settings
  return [
    line('issuer', publicUrl),
    line('mode', mode),
    ...(mode === 'pkce'
      ? [line('redirect URI', `${endpointsOf(publicUrl, '').callback}, which Roambi must know`)]
      : []),
    line('refresh tokens', describeRefreshTokens(options)),
    line('sealing keys', describeKeys(options)),
    line('Roambi', apiUrl),
    line('API', forwardApi ? 'is forwarded' : 'is not forwarded'),
    line(
      'Redis',
      options.redisUrl === undefined
        ? 'none: each instance remembers for itself'
        : 'is shared by all instances',
    ),
    line(
      'rate limit',
      rateLimit === undefined
        ? 'none'
        : `${rateLimit} requests a minute of one address for one client`,
    ),
    line('at once', `${maxConcurrent} requests, and as many forwarded ones`),
    line('trusted proxies', trustedProxies.join(', ') || 'none'),
    line('listens on', `${host}, port ${port}`),
    line('metrics', metricsPort === undefined ? 'off' : `port ${metricsPort}`),
    ...options.clients.flatMap(describeClient),
  ]
}

function line(name: string, value: string): string {
  return `${name.padEnd(18)}${value}`
}

function describeClient({
  clientId,
  clientSecrets,
  redirectUris,
  allowedOrigins,
}: Client): string[] {
  return [
    '',
    line('client', clientId),
    line('  redirect URIs', redirectUris.join(', ')),
    line('  origins', allowedOrigins.join(', ')),
    line('  secrets', clientSecrets.length === 1 ? '1' : `${clientSecrets.length}, tried in order`),
  ]
}

function describeRefreshTokens(options: CheckedOptions): string {
  const { refreshTokens, refreshTokenIdleLifetime: idle, refreshTokenLifetime: whole } = options
  const who = refreshTokens === 'dpop' ? 'for whoever proves a key' : 'for anybody'
  return `${refreshTokens}: ${who}; end ${duration(idle)} after the last use, ${duration(whole)} after the sign-in`
}

/** By the `kid`s that also stand in what they seal. */
function describeKeys({ sealingKeys }: CheckedOptions): string {
  if (!sealingKeys) return 'none: a random one, so that a restart signs everybody out'
  const [first, ...others] = createKeyRing(sealingKeys).map(({ kid }) => kid)
  return [`${first} seals`, ...others.map((kid) => `${kid} opens`)].join(', ')
}

/** @param seconds above 0 */
function duration(seconds: number): string {
  const [name, size] = units.find(([, size]) => seconds % size === 0) ?? (['s', 1] as const)
  return `${seconds / size} ${name}`
}

const units = [
  ['days', 86_400],
  ['hours', 3600],
  ['minutes', 60],
] as const
