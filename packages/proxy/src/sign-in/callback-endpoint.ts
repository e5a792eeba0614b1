import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify'
import type { Endpoints } from '../endpoints.ts'
import { badGateway, unknownTransaction } from '../http/errors.ts'
import {
  type Parameters,
  type RawParameters,
  readParameters,
  required,
} from '../http/parameters.ts'
import { factsOf } from '../http/request-facts.ts'
import type { Memory } from '../memory/memory.ts'
import type { Grants, GrantsOf } from '../token/grants.ts'
import {
  type AuthorizationResponse,
  authorizationResponseUrl,
  ownRefusal,
  upstreamRefusal,
} from './authorization-response.ts'
import type { Transaction, Transactions } from './transaction.ts'

export interface CallbackEndpointOptions {
  readonly grantsOf: GrantsOf
  readonly endpoints: Endpoints
  readonly transactions: Transactions
  readonly memory: Memory
}

/**
 * `GET /1/callback`: where Roambi sends the user back to. Its code is spent here and now, so that
 * who has seen it can't bring it in under a sign-in of his own (RFC 9700 section 4.5).
 */
export function callbackEndpoint(
  app: FastifyInstance,
  { grantsOf, endpoints, transactions, memory }: CallbackEndpointOptions,
): void {
  // Of one that is loaded twice at once, the browser shows but one.
  const answers = memory.answerWindow<string>('callback')

  app.get<{ Querystring: RawParameters }>('/callback', async (request, reply) => {
    const { query, headers } = request
    const parameters = readParameters(query)
    const { transaction, setCookies } = await transactions.end(
      required(parameters, 'state'),
      headers.cookie,
    )
    reply.header('set-cookie', setCookies)
    if (!transaction) throw unknownTransaction()
    // The lists may have been changed since the sign-in began.
    const grants = grantsOf(transaction.clientId)
    if (!grants?.client.redirectUris.includes(transaction.redirectUri)) throw unknownTransaction()
    factsOf(request).clientId = transaction.clientId
    const response = await respond(parameters, transaction, grants, request)
    return reply.redirect(authorizationResponseUrl(endpoints.issuer, transaction, response), 303)
  })

  async function respond(
    parameters: Parameters,
    transaction: Transaction,
    grants: Grants,
    request: FastifyRequest,
  ): Promise<AuthorizationResponse> {
    const { code, error, error_description } = parameters
    if (error) return upstreamRefusal(error, error_description, request)
    try {
      if (!code) throw badGateway()
      const trading = () => trade(code, transaction, grants, request.log)
      return { code: await answers.answer(code, transaction.upstreamState, trading) }
    } catch (error) {
      return ownRefusal(error, request)
    }
  }

  /** Spends Roambi's code, and gives one of ours. */
  async function trade(
    upstreamCode: string,
    transaction: Transaction,
    { codes, exchange }: Grants,
    log: FastifyBaseLogger,
  ): Promise<string> {
    const issuedAt = Date.now()
    const tokens = await exchange(
      { grant_type: 'authorization_code', code: upstreamCode, redirect_uri: endpoints.callback },
      log,
    )
    const { redirectUri, codeChallenge, jkt, scope, upstreamState: jti } = transaction
    const request = { redirectUri, codeChallenge, jkt, scope }
    return codes.issue({ ...request, tokens, issuedAt, upstreamCode, jti })
  }
}
