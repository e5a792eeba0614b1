// POST /1/authorize: a program hands in the user's password, and gets the redirect at once.

import type { FastifyInstance } from 'fastify'
import { judgeAuthorizationRequest } from './authorization-request.ts'
import { sendAuthorizationResponse } from './authorization-response.ts'
import { isAccount } from './directory.ts'
import { injectFaults } from './faults.ts'
import type { Parameters } from './parameters.ts'
import { Refusal } from './refusal.ts'
import type { SignInParts } from './sign-in.ts'

export async function passwordAuthorizationRoutes(
  app: FastifyInstance,
  { settings, grants, faults }: SignInParts,
): Promise<void> {
  injectFaults(app, faults, 'authorize')

  // The guide sends a form, the Java SDK a query: both count.
  app.post<{ Querystring: Parameters; Body: Parameters | undefined }>(
    '/1/authorize',
    async ({ query, body, headers }, reply) => {
      const parameters: Parameters = { ...query, ...body }
      const request = judgeAuthorizationRequest(parameters, settings)
      const { username, password } = basicCredentials(headers.authorization) ?? parameters
      if (!isAccount(username, password)) {
        throw new Refusal(401, 'invalid_grant', 'Invalid user credentials')
      }
      const code = grants.issueCode(request.clientId, request.redirectUri)
      return sendAuthorizationResponse(reply, request, { code })
    },
  )
}

function basicCredentials(header = ''): { username: string; password: string } | undefined {
  const [, encoded] = /^Basic +(\S+)$/i.exec(header) ?? []
  if (!encoded) return undefined
  const decoded = Buffer.from(encoded, 'base64').toString()
  const [username = '', ...rest] = decoded.split(':')
  return { username, password: rest.join(':') }
}
