import type { Client } from '../client.ts'
import { keyPrefixOf } from '../memory/redis.ts'
import type { CheckedOptions } from '../options.ts'
import { type CredentialsFinding, findOut } from '../upstream/credentials.ts'
import { createUpstream, type Upstream } from '../upstream/upstream.ts'
import { type Reachability, reach } from './reachability.ts'
import { checkRedis, type RedisFinding } from './redis-check.ts'

/** What a look at the world outside has come to; nothing in it is a secret. */
export interface Findings {
  readonly upstream: Reachability
  /** Empty where Roambi can't be reached. */
  readonly clients: readonly ClientFinding[]
  readonly redis?: RedisFinding | undefined
}

export interface ClientFinding {
  readonly clientId: string
  /** The one that Roambi was asked with. */
  readonly redirectUri: string
  /** In the order of the secrets. */
  readonly secrets: readonly CredentialsFinding[]
}

/** Asks Roambi and Redis what they think of the settings. Never rejects. */
export async function look(options: CheckedOptions, callbackUrl: string): Promise<Findings> {
  const { redisUrl, publicUrl } = options
  const [roambi, redis] = await Promise.all([
    lookAtRoambi(options, callbackUrl),
    redisUrl === undefined ? undefined : checkRedis(redisUrl, keyPrefixOf(publicUrl)),
  ])
  return { ...roambi, redis }
}

async function lookAtRoambi(
  options: CheckedOptions,
  callbackUrl: string,
): Promise<Pick<Findings, 'upstream' | 'clients'>> {
  const { apiUrl, clients, mode, timeouts } = options
  const reachability = await reach(new URL(apiUrl), timeouts.connect)
  if (!reachability.isReachable) return { upstream: reachability, clients: [] }
  const upstream = createUpstream(options)
  try {
    const found = clients.map((client) => {
      const [redirectUri = ''] = mode === 'pkce' ? [callbackUrl] : client.redirectUris
      return lookAtClient(upstream, client, redirectUri, timeouts.token)
    })
    return { upstream: reachability, clients: await Promise.all(found) }
  } finally {
    await upstream.close()
  }
}

async function lookAtClient(
  upstream: Upstream,
  { clientId, clientSecrets }: Client,
  redirectUri: string,
  timeout: number,
): Promise<ClientFinding> {
  const secrets: CredentialsFinding[] = []
  for (const secret of clientSecrets) {
    const signal = AbortSignal.timeout(timeout)
    secrets.push(await findOut(upstream, { clientId, redirectUri }, secret, signal))
  }
  return { clientId, redirectUri, secrets }
}
