import type { FastifyBaseLogger } from 'fastify'
import { invalidGrant } from '../http/errors.ts'
import type { Memory } from '../memory/memory.ts'
import { isSealed } from '../sealing/seal.ts'
import { givenLater, type TokenAnswer } from '../upstream/token-answer.ts'
import type { TokenExchange } from '../upstream/token-exchange.ts'
import type { AuthorizationCodes } from './authorization-code.ts'
import type { Proof } from './dpop-proof.ts'
import type { RefreshTokens } from './refresh-token.ts'
import type { CodeRequest } from './token-form.ts'

/** Trades a code for tokens. Rejects with OAuthError. */
export type CodeGrantHandler = (
  request: CodeRequest,
  proof: Proof | undefined,
  log: FastifyBaseLogger,
) => Promise<TokenAnswer>

/** Mode `pkce`: codes that the proxy has sealed. Roambi's own are refused, whoever brings them. */
export function createPkceCodeGrant(
  codes: AuthorizationCodes,
  refreshTokens: RefreshTokens,
  callbackUrl: string,
): CodeGrantHandler {
  return async (request, proof) => {
    const grant = await codes.open(request, proof?.jkt)
    await proof?.claim()
    await codes.spend(grant)
    const { tokens, issuedAt, upstreamCode, scope } = grant
    const signIn = { code: upstreamCode, redirectUri: callbackUrl, jkt: proof?.jkt, scope }
    return refreshTokens.issue(givenLater(tokens, issuedAt), signIn)
  }
}

/** Mode `direct`: Roambi's own codes. Nothing tells who may bring one. */
export function createDirectCodeGrant(
  exchange: TokenExchange,
  refreshTokens: RefreshTokens,
  memory: Memory,
): CodeGrantHandler {
  return async ({ code, redirectUri }, proof, log) => {
    if (isSealed(code)) throw invalidGrant()
    // What can't be claimed below must not cost the code.
    if (proof) await memory.check()
    const tokens = await exchange(
      { grant_type: 'authorization_code', code, redirect_uri: redirectUri },
      log,
    )
    // Not before: here only the code has a price, and proofs are remembered. One that can't be just now
    // must not cost the tokens: who came again would bring a code that is spent.
    await proof?.claim().catch((error) => {
      if (error.code !== 'temporarily_unavailable') throw error
    })
    return refreshTokens.issue(tokens, { code, redirectUri, jkt: proof?.jkt })
  }
}
