import type { FastifyInstance } from 'fastify'
import { noStore } from '../http/error-answer.ts'
import { required } from '../http/parameters.ts'
import type { Gate } from '../operations/admission.ts'
import { acceptForms, type FormRoute, readClientForm } from './client-form.ts'
import type { GrantsOf } from './grants.ts'

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
  await acceptForms(app, '/revoke', gate)

  app.post<FormRoute>('/revoke', async (http, reply) => {
    const { parameters, grants } = readClientForm(http, grantsOf)
    await grants.revoke?.(required(parameters, 'token'), parameters.token_type_hint)
    return reply.headers(noStore).send()
  })
}
