import formbody from '@fastify/formbody'
import type { FastifyInstance, HTTPMethods } from 'fastify'
import { noStore } from '../http/error-answer.ts'
import { invalidClient, invalidRequest, methodNotAllowed } from '../http/errors.ts'
import { refuseForeignOrigin } from '../http/origin.ts'
import {
  type RawParameters,
  readParameters,
  required,
  secretInBrowser,
} from '../http/parameters.ts'
import { refuseRoute } from '../http/refused-route.ts'
import type { Gate } from '../operations/admission.ts'
import { factsOf } from '../operations/request-facts.ts'
import type { GrantsOf } from './grants.ts'
import { refuseParametersInQuery } from './token-form.ts'

export interface RevocationEndpointOptions {
  readonly grantsOf: GrantsOf
  readonly gate: Gate
}

/**
 * `POST /1/revoke`: RFC 7009 for a public client. No proof is asked for: who has a refresh token but
 * not its key can do nothing with it, and does its owner a service by bringing it here.
 */
export async function revocationEndpoint(
  app: FastifyInstance,
  { grantsOf, gate }: RevocationEndpointOptions,
): Promise<void> {
  app.addHook('onRequest', gate.admit)
  app.addHook('preHandler', gate.limit)
  app.removeAllContentTypeParsers()
  await app.register(formbody, { bodyLimit: 16 * 1024 })

  app.post<{ Querystring: RawParameters; Body: RawParameters | undefined }>(
    '/revoke',
    async (http, reply) => {
      const { headers, query, body } = http
      if (headers.authorization !== undefined) throw secretInBrowser()
      refuseParametersInQuery(query)
      if (!body) throw invalidRequest('The request has no form.')
      const parameters = readParameters(body)
      const grants = grantsOf(parameters.client_id)
      if (!grants) throw invalidClient()
      factsOf(http).clientId = grants.client.clientId
      refuseForeignOrigin(headers.origin, grants.client)
      await grants.revoke?.(required(parameters, 'token'), parameters.token_type_hint)
      return reply.headers(noStore).send()
    },
  )

  const otherMethods: HTTPMethods[] = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']
  refuseRoute(app, '/revoke', otherMethods, () => methodNotAllowed('POST'))
}
