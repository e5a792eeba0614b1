import type { FastifyInstance } from 'fastify'
import { noStore } from '../http/error-answer.ts'
import type { Gate } from '../operations/admission.ts'
import { acceptForms, type FormRoute, readClientForm } from './client-form.ts'
import type { Nonces } from './dpop-nonce.ts'
import type { ProofCheck } from './dpop-proof.ts'
import type { GrantsOf } from './grants.ts'
import { judgeTokenForm } from './token-form.ts'

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
  await acceptForms(app, '/token', gate)

  app.post<FormRoute & { Headers: { dpop?: string } }>('/token', async (http, reply) => {
    const { parameters, grants } = readClientForm(http, grantsOf)
    const { headers, log } = http
    const request = judgeTokenForm(parameters, grants.client)
    const proof = await checkProof(headers.dpop)

    const answer =
      request.grantType === 'refresh_token'
        ? await grants.renew(request, proof, log)
        : await grants.redeemCode(request, proof, log)

    if (proof) reply.header('dpop-nonce', nonces.current())
    return reply.headers(noStore).send(answer)
  })
}
