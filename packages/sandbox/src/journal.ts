import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Parameters } from './parameters.ts'

/** One request that reached `POST /1/token`. */
export interface TokenRequest {
  /** What was asked for. Roambi also takes a request that does not say so for a code. */
  grantType: 'authorization_code' | 'refresh_token'
  /** The form as received. */
  parameters: Parameters
  /** The status that was decided; 0 when there is none (yet), as after the faults `hang` and `reset`. */
  status: number
}

/** One request that reached the API behind the token. */
export interface ApiRequest {
  /** Such as `GET`. */
  method: string
  /** The path with its query. */
  path: string
  /** As in {@link TokenRequest}. */
  status: number
}

/** Notes every request to the routes of `app` on its arrival, and its status once it is decided. */
export function keepJournal<Entry extends { status: number }>(
  app: FastifyInstance,
  journal: Entry[],
  entryOf: (request: FastifyRequest) => Entry,
): void {
  const entries = new WeakMap<FastifyRequest, Entry>()

  app.addHook('preValidation', async (request) => {
    const entry = entryOf(request)
    entries.set(request, entry)
    journal.push(entry)
  })

  // Not onResponse: a test that has its answer must find the status here.
  app.addHook('onSend', async (request, reply) => {
    const entry = entries.get(request)
    if (entry) entry.status = reply.statusCode
  })
}
