import type { FastifyInstance } from 'fastify'
import type { Endpoints } from '../endpoints.ts'
import { invalidClient } from '../http/errors.ts'
import type { RawParameters } from '../http/parameters.ts'
import { factsOf } from '../http/request-facts.ts'
import type { GrantsOf } from '../token/grants.ts'
import { judgeAuthorizationRequest, judgeRecipient } from './authorization-request.ts'
import { authorizationResponseUrl, ownRefusal } from './authorization-response.ts'
import type { Transactions } from './transaction.ts'

export interface AuthorizationEndpointOptions {
  readonly grantsOf: GrantsOf
  readonly endpoints: Endpoints
  readonly transactions: Transactions
  readonly upstreamAuthorizeUrl: string
}

/** `GET /1/authorize` (RFC 6749 section 3.1): remembers the request, and sends the user to Roambi. */
export function authorizationEndpoint(
  app: FastifyInstance,
  { grantsOf, endpoints, transactions, upstreamAuthorizeUrl }: AuthorizationEndpointOptions,
): void {
  app.get<{ Querystring: RawParameters }>('/authorize', async (request, reply) => {
    const { query, headers } = request
    const grants = grantsOf(query.client_id)
    if (!grants) throw invalidClient()
    factsOf(request).clientId = grants.client.clientId
    const recipient = judgeRecipient(query, grants.client)
    try {
      const authorization = judgeAuthorizationRequest(query, recipient)
      const { upstreamState, setCookies } = await transactions.begin(authorization, headers.cookie)
      reply.header('set-cookie', setCookies)
      return reply.redirect(upstreamRequest(authorization.clientId, upstreamState), 303)
    } catch (error) {
      const refusal = ownRefusal(error, request)
      return reply.redirect(authorizationResponseUrl(endpoints.issuer, recipient, refusal), 303)
    }
  })

  function upstreamRequest(clientId: string, state: string): string {
    const parameters = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: endpoints.callback,
      state,
    })
    return `${upstreamAuthorizeUrl}?${parameters}`
  }
}
