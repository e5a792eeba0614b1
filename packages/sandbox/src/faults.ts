import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/**
 * `html`: an error page with status 502. `hang`: no answer, ever. `reset`: the connection is reset
 * before anything is done. `drop-answer`: the request is carried out, then the connection is reset.
 * `internal_server_error`: the documented JSON.
 */
export type NamedFault = 'html' | 'hang' | 'reset' | 'drop-answer' | 'internal_server_error'

/** An answer of your own making. */
export interface FaultAnswer {
  /** From 200 to 599. */
  status: number
  /** Default: none. */
  contentType?: string
  /** Beside `Content-Type`. Default: none. */
  headers?: Record<string, string>
  /** Default: empty. */
  body?: string
}

/** A number answers that status with an empty body. */
export type Fault = NamedFault | number | FaultAnswer

/** `authorize` covers the sign-in dialog and the documented `POST /1/authorize`. */
export type FaultPlace = 'token' | 'api' | 'authorize'

/** The faults that wait for a request, first come, first served. */
export interface Faults {
  add(fault: Fault, times: number, on: FaultPlace): void
  take(on: FaultPlace): Fault | undefined
}

export function createFaults(): Faults {
  const waiting: Record<FaultPlace, Fault[]> = { token: [], api: [], authorize: [] }
  return {
    add: (fault, times, on) => {
      waiting[on].push(...Array<Fault>(times).fill(fault))
    },
    take: (on) => waiting[on].shift(),
  }
}

/** Lets the waiting faults strike the routes of `app`. */
export function injectFaults(app: FastifyInstance, faults: Faults, on: FaultPlace): void {
  const dropped = new WeakSet<FastifyRequest>()

  app.addHook('preValidation', async (request, reply) => {
    const fault = faults.take(on)
    if (fault === undefined) return
    if (fault === 'drop-answer') dropped.add(request)
    else if (fault === 'hang') reply.hijack()
    else if (fault === 'reset') reply.hijack().request.raw.socket.resetAndDestroy()
    else return answer(reply, answerOf(fault))
  })

  app.addHook('onSend', async (request) => {
    if (dropped.has(request)) request.raw.socket.resetAndDestroy()
  })
}

function answerOf(fault: 'html' | 'internal_server_error' | number | FaultAnswer): FaultAnswer {
  if (typeof fault === 'object') return fault
  if (typeof fault === 'number') return { status: fault }
  return namedAnswers[fault]
}

const namedAnswers = {
  html: {
    status: 502,
    contentType: 'text/html',
    body: '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>',
  },
  // The guide knows only 400 and 401 for a failure.
  internal_server_error: {
    status: 400,
    contentType: 'application/json',
    body: '{"error":"internal_server_error","error_description":"Unknown error occurred. Retry the request."}',
  },
} satisfies Record<string, FaultAnswer>

function answer(reply: FastifyReply, { status, contentType, headers = {}, body }: FaultAnswer) {
  if (contentType) reply.type(contentType)
  return reply.code(status).headers(headers).send(body)
}
