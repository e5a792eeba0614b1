import formbody from '@fastify/formbody'
import type { FastifyInstance, HTTPMethods } from 'fastify'
import { noStore } from './error-answer.ts'
import { invalidRequest, methodNotAllowed } from './errors.ts'
import { refuseRoute } from './refused-route.ts'
import type { TokenExchange } from './token-exchange.ts'
import {
  type Client,
  judgeTokenForm,
  refuseParametersInQuery,
  secretInBrowser,
  type TokenForm,
} from './token-form.ts'

export interface TokenEndpointOptions {
  readonly client: Client
  readonly exchange: TokenExchange
}

/** `POST /1/token`, as RFC 6749 section 3.2 has it for a public client. */
export async function tokenEndpoint(
  app: FastifyInstance,
  { client, exchange }: TokenEndpointOptions,
): Promise<void> {
  app.removeAllContentTypeParsers()
  await app.register(formbody, { bodyLimit: 16 * 1024 })

  app.post<{ Querystring: TokenForm; Body: TokenForm | undefined }>(
    '/token',
    async (request, reply) => {
      if (request.headers.authorization !== undefined) throw secretInBrowser()
      refuseParametersInQuery(request.query)
      if (!request.body) throw invalidRequest('The request has no form.')
      const grant = judgeTokenForm(request.body, client)
      const tokens = await exchange(grant, request.log)
      return reply.headers(noStore).send(tokens)
    },
  )

  const otherMethods: HTTPMethods[] = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']
  refuseRoute(app, '/token', otherMethods, () => methodNotAllowed('POST'))
}
