import type { FastifyInstance } from 'fastify'
import { type Faults, injectFaults } from './faults.ts'
import type { Grants, Tokens } from './grants.ts'
import { keepJournal, type TokenRequest } from './journal.ts'
import type { Parameters } from './parameters.ts'
import { Refusal, redirectMismatch } from './refusal.ts'
import type { Settings } from './settings.ts'

interface TokenParts {
  settings: Settings
  grants: Grants
  faults: Faults
  tokenRequests: TokenRequest[]
}

export async function tokenRoutes(app: FastifyInstance, parts: TokenParts): Promise<void> {
  const { settings, grants, faults, tokenRequests } = parts
  app.removeContentTypeParser(['application/json', 'text/plain'])
  keepJournal(app, tokenRequests, (request) => {
    const parameters = (request.body ?? {}) as Parameters
    return { grantType: grantTypeOf(parameters), parameters, status: 0 }
  })
  injectFaults(app, faults, 'token')

  app.post<{ Body: Parameters | undefined }>('/1/token', async ({ body = {} }) => {
    const tokens = fulfil(judgeTokenRequest(body, settings), grants)
    return {
      access_token: tokens.accessToken,
      expires_in: tokens.expiresIn,
      refresh_token: tokens.refreshToken,
      token_type: 'bearer',
    }
  })
}

function grantTypeOf({ grant_type }: Parameters): TokenRequest['grantType'] {
  return grant_type === 'refresh_token' ? 'refresh_token' : 'authorization_code'
}

/** What a faultless token request asks for. */
export type TokenGrant =
  | { type: 'authorization_code'; code: string; clientId: string; redirectUri: string }
  | { type: 'refresh_token'; refreshToken: string }

/** Judges everything that needs no memory of codes and tokens. Throws a `Refusal`. */
export function judgeTokenRequest(parameters: Parameters, settings: Settings): TokenGrant {
  const { client_id, client_secret, grant_type, code, refresh_token, redirect_uri } = parameters
  if (!client_id) throw invalidRequest('`client_id` is required')
  if (!client_secret) throw invalidRequest('`client_secret` is required')
  if (client_id !== settings.clientId || client_secret !== settings.clientSecret) {
    throw new Refusal(401, 'invalid_client', 'Invalid client credentials')
  }
  if (grant_type && forbiddenGrantTypes.test(grant_type)) {
    throw new Refusal(400, 'unauthorized_client', 'Unauthorized grant type for this `client_id`')
  }
  if (grant_type === 'refresh_token') {
    if (!refresh_token) throw invalidRequest('`refresh_token` is required')
    // The guide sends it on a refresh, the Java SDK does not.
    if (redirect_uri !== undefined && redirect_uri !== settings.redirectUri)
      throw redirectMismatch()
    return { type: 'refresh_token', refreshToken: refresh_token }
  }
  // The guide's code exchange has no grant_type, but demands one beside a refresh token.
  const absent = grant_type === undefined && refresh_token === undefined
  if (grant_type !== 'authorization_code' && !absent) {
    throw invalidRequest('Invalid `grant_type` parameter or parameter missing')
  }
  if (!code) throw invalidRequest('`code` is required')
  if (redirect_uri !== settings.redirectUri) throw redirectMismatch()
  return { type: 'authorization_code', code, clientId: client_id, redirectUri: redirect_uri }
}

// OAuth knows them, but this client is not registered for them.
const forbiddenGrantTypes = /^(password|client_credentials|urn:ietf:params:oauth:grant-type:.+)$/

function fulfil(grant: TokenGrant, grants: Grants): Tokens {
  if (grant.type === 'refresh_token') {
    const tokens = grants.renew(grant.refreshToken)
    if (!tokens) throw invalidRequest('Invalid refresh token')
    return tokens
  }
  const tokens = grants.spendCode(grant.code, grant.clientId, grant.redirectUri)
  if (tokens === 'redirect_url_mismatch') throw redirectMismatch()
  if (tokens === 'invalid_grant') {
    throw new Refusal(400, 'invalid_grant', 'Invalid user credentials')
  }
  return tokens
}

function invalidRequest(description: string): Refusal {
  return new Refusal(400, 'invalid_request', description)
}
