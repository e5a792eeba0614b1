import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { overloaded } from '../http/errors.ts'
import { onceClosed } from '../http/once-closed.ts'

/** What a request to the sign-in and token endpoints must pass. */
export interface Gate extends Admission {
  readonly limit: Hook
}

export interface Admission {
  /** Refuses what finds no place. It takes none, and comes before the body is read. */
  readonly refuse: Hook
  /** Takes a place, until the answer is over. Where a body is read, after it: it may never end. */
  readonly admit: Hook
}

type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

/**
 * Hooks that let in what can be served, and refuse the rest at once: who waits in a queue asks again,
 * and makes it longer.
 *
 * With `@fastify/under-pressure` on the server, it refuses what comes while that is under pressure.
 * Its own hook would speak before @fastify/cors, and no page could read the answer.
 *
 * @param maxConcurrent requests at once, of all the routes that share the hooks
 */
export function createAdmission(app: FastifyInstance, maxConcurrent: number): Admission {
  const isUnderPressure = app.hasDecorator('isUnderPressure') ? app.isUnderPressure : () => false
  let underWay = 0

  const refuse = async () => {
    if (underWay >= maxConcurrent || isUnderPressure()) throw overloaded()
  }

  return {
    refuse,
    async admit(_request, reply) {
      await refuse()
      underWay += 1
      onceClosed(reply, () => {
        underWay -= 1
      })
    },
  }
}
