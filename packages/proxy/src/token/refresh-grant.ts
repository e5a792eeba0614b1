import type { FastifyBaseLogger } from 'fastify'
import { invalidGrant } from '../http/errors.ts'
import { signInOf } from '../memory/deny-list.ts'
import type { Memory } from '../memory/memory.ts'
import { givenLater, type TokenAnswer } from '../upstream/token-answer.ts'
import type { TokenExchange } from '../upstream/token-exchange.ts'
import type { Proof } from './dpop-proof.ts'
import type { RefreshTokens } from './refresh-token.ts'
import type { RefreshRequest } from './token-form.ts'

/** Trades a refresh token for tokens. Rejects with OAuthError. */
export type RefreshGrantHandler = (
  request: RefreshRequest,
  proof: Proof | undefined,
  log: FastifyBaseLogger,
) => Promise<TokenAnswer>

export interface RefreshGrantOptions {
  readonly clientId: string
  readonly exchange: TokenExchange
  readonly refreshTokens: RefreshTokens
  readonly memory: Memory
}

export function createRefreshGrant({
  clientId,
  exchange,
  refreshTokens,
  memory,
}: RefreshGrantOptions): RefreshGrantHandler {
  const answers = memory.answerWindow<GivenAnswer>('renewal', {
    successorOf: ({ answer }) => answer.refresh_token,
  })

  return async ({ refreshToken }, proof, log) => {
    const jkt = proof?.jkt
    const grant = await refreshTokens.open(refreshToken, jkt)
    // A sign-in that is ended while its renewal is under way: the next one is refused.
    if (await memory.denyList?.isDenied(signInOf(clientId, grant))) throw invalidGrant()
    await proof?.claim()
    const { answer, givenAt } = await answers.answer(refreshToken, jkt, async () => {
      const givenAt = Date.now()
      const { refreshToken: refresh_token, code, redirectUri: redirect_uri } = grant
      const upstreamForm = {
        grant_type: 'refresh_token',
        refresh_token,
        code,
        redirect_uri,
      } as const
      const tokens = await exchange(upstreamForm, log)
      return { answer: await refreshTokens.issue(tokens, { ...grant, jkt }), givenAt }
    })
    return givenLater(answer, givenAt)
  }
}

interface GivenAnswer {
  readonly answer: TokenAnswer
  /** In ms since 1970. */
  readonly givenAt: number
}
