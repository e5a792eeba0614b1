import formbody from '@fastify/formbody'
import type { FastifyInstance, HTTPMethods } from 'fastify'
import { noStore } from '../http/error-answer.ts'
import { invalidClient, invalidRequest, methodNotAllowed } from '../http/errors.ts'
import { refuseForeignOrigin } from '../http/origin.ts'
import { type RawParameters, readParameters, secretInBrowser } from '../http/parameters.ts'
import { refuseRoute } from '../http/refused-route.ts'
import type { Gate } from '../operations/admission.ts'
import { factsOf } from '../operations/request-facts.ts'
import type { Nonces } from './dpop-nonce.ts'
import type { ProofCheck } from './dpop-proof.ts'
import type { GrantsOf } from './grants.ts'
import { judgeTokenForm, refuseParametersInQuery } from './token-form.ts'

export interface TokenEndpointOptions {
  readonly grantsOf: GrantsOf
  readonly checkProof: ProofCheck
  readonly nonces: Nonces
  readonly gate: Gate
}

/** `POST /1/token`: RFC 6749 section 3.2 for a public client, with RFC 9449 section 5. */
export async function tokenEndpoint(
  app: FastifyInstance,
  { grantsOf, checkProof, nonces, gate }: TokenEndpointOptions,
): Promise<void> {
  app.addHook('onRequest', gate.admit)
  // Not before: whose request it is stands in the body.
  app.addHook('preHandler', gate.limit)
  app.removeAllContentTypeParsers()
  await app.register(formbody, { bodyLimit: 16 * 1024 })

  app.post<{
    Querystring: RawParameters
    Body: RawParameters | undefined
    Headers: { dpop?: string }
  }>('/token', async (http, reply) => {
    const { headers, query, body, log } = http
    if (headers.authorization !== undefined) throw secretInBrowser()
    refuseParametersInQuery(query)
    if (!body) throw invalidRequest('The request has no form.')
    const parameters = readParameters(body)
    const grants = grantsOf(parameters.client_id)
    if (!grants) throw invalidClient()
    factsOf(http).clientId = grants.client.clientId
    refuseForeignOrigin(headers.origin, grants.client)
    const request = judgeTokenForm(parameters, grants.client)
    const proof = await checkProof(headers.dpop)

    const answer =
      request.grantType === 'refresh_token'
        ? await grants.renew(request, proof, log)
        : await grants.redeemCode(request, proof, log)

    if (proof) reply.header('dpop-nonce', nonces.current())
    return reply.headers(noStore).send(answer)
  })

  const otherMethods: HTTPMethods[] = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']
  refuseRoute(app, '/token', otherMethods, () => methodNotAllowed('POST'))
}
