import type { FastifyInstance, HTTPMethods } from 'fastify'
import { invalidRequest, methodNotAllowed } from '../http/errors.ts'
import { refuseRoute } from '../http/refused-route.ts'
import type { Gate } from '../operations/admission.ts'
import {
  type AuthorizationEndpointOptions,
  authorizationEndpoint,
} from './authorization-endpoint.ts'
import { type CallbackEndpointOptions, callbackEndpoint } from './callback-endpoint.ts'
import { answerErrorPage, pageHeaders } from './error-page.ts'

export type SignInOptions = AuthorizationEndpointOptions &
  CallbackEndpointOptions & { readonly gate: Gate }

/** The two addresses that the user's browser is sent to. No page may read them: there is no CORS. */
export async function signIn(
  app: FastifyInstance,
  { gate, ...options }: SignInOptions,
): Promise<void> {
  app.setErrorHandler(answerErrorPage)
  app.addHook('onRequest', async ({ headers }, reply) => {
    reply.headers(pageHeaders)
    // In a frame, script could sign in without the user's noticing. Not every browser tells.
    const destination = headers['sec-fetch-dest'] ?? 'document'
    if (destination !== 'document') throw invalidRequest('A sign-in needs a window of its own.')
  })
  app.addHook('onRequest', gate.admit)
  app.addHook('preHandler', gate.limit)
  // First, or each GET would bring a HEAD along: a link checker would end the sign-in.
  for (const path of ['/authorize', '/callback']) {
    refuseRoute(app, path, otherMethods, () => methodNotAllowed('GET'))
  }
  authorizationEndpoint(app, options)
  callbackEndpoint(app, options)
}

const otherMethods: HTTPMethods[] = ['HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']
