// The dialog in the browser. Its errors are pages, not JSON.

import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'
import { type AuthorizationRequest, judgeAuthorizationRequest } from './authorization-request.ts'
import { sendAuthorizationResponse } from './authorization-response.ts'
import { isAccount } from './directory.ts'
import { type Faults, injectFaults } from './faults.ts'
import type { Grants } from './grants.ts'
import type { Parameters } from './parameters.ts'
import { refusalOf } from './refusal.ts'
import type { Settings } from './settings.ts'
import { refusalPage, signInPage } from './sign-in-page.ts'

/** What both ways of signing in need. */
export interface SignInParts {
  settings: Settings
  grants: Grants
  faults: Faults
}

export async function signInRoutes(app: FastifyInstance, parts: SignInParts): Promise<void> {
  const { settings, grants, faults } = parts
  injectFaults(app, faults, 'authorize')
  app.addHook('onSend', async (_request, reply) => {
    if (settings.coop) reply.header('cross-origin-opener-policy', settings.coop)
  })
  app.setErrorHandler<FastifyError>((error, _request, reply) => {
    const refusal = refusalOf(error)
    reply.code(refusal.status).type('text/html').send(refusalPage(refusal))
  })

  app.get<{ Querystring: Parameters }>('/1/authorize', async ({ query }, reply) => {
    return sendPage(reply, judgeAuthorizationRequest(query, settings))
  })

  // Its own path, because POST /1/authorize is documented for something else.
  app.post<{ Body: Parameters | undefined }>('/sign-in', async ({ body = {} }, reply) => {
    const request = judgeAuthorizationRequest(body, settings)
    if (body.decision === 'deny') {
      return sendAuthorizationResponse(reply, request, { error: 'access_denied' })
    }
    if (!isAccount(body.email, body.password)) {
      return sendPage(reply.code(401), request, body.email ?? '')
    }
    const code = grants.issueCode(request.clientId, request.redirectUri)
    return sendAuthorizationResponse(reply, request, { code })
  })
}

function sendPage(reply: FastifyReply, request: AuthorizationRequest, refusedEmail?: string) {
  return reply.type('text/html').send(signInPage(request, refusedEmail))
}
