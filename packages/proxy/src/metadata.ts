import type { FastifyInstance } from 'fastify'
import type { Endpoints } from './endpoints.ts'
import type { Memory } from './memory/memory.ts'
import type { CheckedOptions } from './options.ts'
import { proofAlgorithms } from './token/dpop-proof.ts'

export interface MetadataOptions {
  readonly mode: CheckedOptions['mode']
  readonly endpoints: Endpoints
  readonly memory: Pick<Memory, 'denyList'>
  /** Roambi's own authorization endpoint. */
  readonly upstreamAuthorizeUrl: string
}

/** `GET /.well-known/oauth-authorization-server` (RFC 8414). Anybody may read it. */
export async function metadata(app: FastifyInstance, options: MetadataOptions): Promise<void> {
  const document = describe(options)
  app.get('/.well-known/oauth-authorization-server', (_request, reply) =>
    reply
      .headers({ 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=3600' })
      .send(document),
  )
}

/** Lists what is switched on, and nothing else. */
function describe({ mode, endpoints, memory, upstreamAuthorizeUrl }: MetadataOptions): object {
  return {
    issuer: endpoints.issuer,
    authorization_endpoint: mode === 'pkce' ? endpoints.authorization : upstreamAuthorizeUrl,
    token_endpoint: endpoints.token,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: ['none'],
    ...(memory.denyList && {
      revocation_endpoint: endpoints.revocation,
      revocation_endpoint_auth_methods_supported: ['none'],
    }),
    dpop_signing_alg_values_supported: proofAlgorithms,
    ...(mode === 'pkce' && {
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    }),
  }
}
