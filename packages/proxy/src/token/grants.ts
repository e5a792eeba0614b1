import type { Client } from '../client.ts'
import type { Memory } from '../memory/memory.ts'
import type { CheckedOptions } from '../options.ts'
import type { KeyRing } from '../sealing/sealing-keys.ts'
import {
  createTokenExchange,
  type TokenExchange,
  type UpstreamObserver,
} from '../upstream/token-exchange.ts'
import type { Upstream } from '../upstream/upstream.ts'
import { type AuthorizationCodes, createAuthorizationCodes } from './authorization-code.ts'
import { type CodeGrantHandler, createDirectCodeGrant, createPkceCodeGrant } from './code-grant.ts'
import { createRefreshGrant, type RefreshGrantHandler } from './refresh-grant.ts'
import { createRefreshTokens } from './refresh-token.ts'
import { createRevocation, type RevocationHandler } from './revocation.ts'

/**
 * What one client is served by. Each has its own, so that by the way it is built nothing that one
 * of them is given can be used by another, nor be asked for with another's secret.
 */
export interface Grants {
  readonly client: Client
  readonly exchange: TokenExchange
  readonly codes: AuthorizationCodes
  readonly redeemCode: CodeGrantHandler
  readonly renew: RefreshGrantHandler
  /** Only with a deny list. */
  readonly revoke?: RevocationHandler
}

/** Those of the client of this `client_id`, if there is one. */
export type GrantsOf = (clientId: unknown) => Grants | undefined

export interface GrantsOptions {
  readonly options: CheckedOptions
  readonly callbackUrl: string
  readonly ring: KeyRing
  readonly memory: Memory
  readonly upstream: Upstream
  readonly observer: UpstreamObserver
}

export function createGrantsOf(options: GrantsOptions): GrantsOf {
  const all = options.options.clients.map((client) => createGrants(client, options))
  return (clientId) => all.find(({ client }) => client.clientId === clientId)
}

function createGrants(
  client: Client,
  { options, callbackUrl, ring, memory, upstream, observer }: GrantsOptions,
): Grants {
  const { clientId } = client
  const { denyList } = memory
  const owner = { publicUrl: options.publicUrl, clientId }
  const exchange = createTokenExchange(upstream, client, options, observer)
  const codes = createAuthorizationCodes(ring, owner, memory)
  const refreshTokens = createRefreshTokens(ring, owner, options)
  return {
    client,
    exchange,
    codes,
    redeemCode:
      options.mode === 'pkce'
        ? createPkceCodeGrant(codes, refreshTokens, callbackUrl)
        : createDirectCodeGrant(exchange, refreshTokens, memory),
    renew: createRefreshGrant({ clientId, exchange, refreshTokens, memory }),
    ...(denyList && { revoke: createRevocation(clientId, refreshTokens, denyList) }),
  }
}
