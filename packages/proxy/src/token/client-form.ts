// How a public client posts: to the token endpoint and the revocation endpoint alike.
import formbody from '@fastify/formbody'
import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify'
import { invalidClient, invalidRequest, methodNotAllowed } from '../http/errors.ts'
import { refuseForeignOrigin } from '../http/origin.ts'
import {
  credentials,
  type Parameters,
  type RawParameters,
  readParameters,
  secretInBrowser,
} from '../http/parameters.ts'
import { refuseRoute } from '../http/refused-route.ts'
import { factsOf } from '../http/request-facts.ts'
import type { Gate } from '../operations/admission.ts'
import type { Grants, GrantsOf } from './grants.ts'

/** The route of a `POST` with a form. */
export interface FormRoute {
  Querystring: RawParameters
  Body: RawParameters | undefined
}

/** Lets `path`, for which `app` is a scope of its own, take forms and nothing else. */
export async function acceptForms(app: FastifyInstance, path: string, gate: Gate): Promise<void> {
  app.addHook('onRequest', gate.refuse)
  app.addHook('preHandler', gate.admit)
  // Not before: whose request it is stands in the body.
  app.addHook('preHandler', gate.limit)
  app.removeAllContentTypeParsers()
  await app.register(formbody, { bodyLimit: 16 * 1024 })
  refuseRoute(app, path, otherMethods, () => methodNotAllowed('POST'))
}

const otherMethods: HTTPMethods[] = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']

/** What it says, and by what its client is served. Throws OAuthError. */
export function readClientForm(
  request: Pick<FastifyRequest<FormRoute>, 'headers' | 'query' | 'body' | 'raw'>,
  grantsOf: GrantsOf,
): { readonly parameters: Parameters; readonly grants: Grants } {
  const { headers, query, body } = request
  if (headers.authorization !== undefined) throw secretInBrowser()
  refuseParametersInQuery(query)
  if (!body) throw invalidRequest('The request has no form.')
  const parameters = readParameters(body)
  const grants = grantsOf(parameters.client_id)
  if (!grants) throw invalidClient()
  factsOf(request).clientId = grants.client.clientId
  refuseForeignOrigin(headers.origin, grants.client)
  return { parameters, grants }
}

// RFC 6749 section 3.2: they belong in the body, since a URL ends up in logs.
function refuseParametersInQuery(query: RawParameters): void {
  if (secretParameters.some((name) => name in query)) {
    throw invalidRequest('The parameters belong in the body, not in the query.')
  }
}

const secretParameters = [...credentials, 'code', 'code_verifier', 'refresh_token', 'token']
