import type { FastifyInstance } from 'fastify'
import {
  type AuthorizationRequest,
  judgeAuthorizationRequest,
  judgeRecipient,
  type Recipient,
} from './authorization-request.ts'
import { authorizationResponseUrl, ownRefusal } from './authorization-response.ts'
import type { Client } from './client.ts'
import type { Endpoints } from './endpoints.ts'
import { OAuthError } from './errors.ts'
import type { Form } from './parameters.ts'
import type { Transactions } from './transaction.ts'

export interface AuthorizationEndpointOptions {
  readonly client: Client
  readonly endpoints: Endpoints
  readonly transactions: Transactions
  readonly upstreamUrl: string
}

/** `GET /1/authorize` (RFC 6749 section 3.1): remembers the request, and sends the user to Roambi. */
export function authorizationEndpoint(
  app: FastifyInstance,
  { client, endpoints, transactions, upstreamUrl }: AuthorizationEndpointOptions,
): void {
  app.get<{ Querystring: Form }>('/authorize', async ({ query, headers }, reply) => {
    const recipient = judgeRecipient(query, client)
    const request = judge(query, recipient)
    if (request instanceof OAuthError) {
      const url = authorizationResponseUrl(endpoints.issuer, recipient, ownRefusal(request))
      return reply.redirect(url, 303)
    }
    const { upstreamState, setCookies } = await transactions.begin(request, headers.cookie)
    reply.header('set-cookie', setCookies)
    return reply.redirect(upstreamRequest(upstreamState), 303)
  })

  function upstreamRequest(state: string): string {
    const parameters = new URLSearchParams({
      response_type: 'code',
      client_id: client.clientId,
      redirect_uri: endpoints.callback,
      state,
    })
    return `${upstreamUrl}?${parameters}`
  }
}

function judge(query: Form, recipient: Recipient): AuthorizationRequest | OAuthError {
  try {
    return judgeAuthorizationRequest(query, recipient)
  } catch (error) {
    if (error instanceof OAuthError) return error
    throw error
  }
}
