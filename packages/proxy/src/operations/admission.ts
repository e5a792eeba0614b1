import type {
  FastifyInstance,
  onRequestAsyncHookHandler,
  preHandlerAsyncHookHandler,
} from 'fastify'
import { overloaded } from '../http/errors.ts'

/** What a request to the sign-in and token endpoints must pass. */
export interface Gate {
  readonly admit: onRequestAsyncHookHandler
  readonly limit: preHandlerAsyncHookHandler
}

/**
 * A hook that lets in what can be served, and refuses the rest at once, before a body is read: who
 * waits in a queue asks again, and makes it longer.
 *
 * With `@fastify/under-pressure` on the server, it refuses what comes while that is under pressure.
 * Its own hook would speak before @fastify/cors, and no page could read the answer.
 *
 * @param maxConcurrent requests at once, of all the routes that share the hook
 */
export function createAdmission(
  app: FastifyInstance,
  maxConcurrent: number,
): onRequestAsyncHookHandler {
  const isUnderPressure = app.hasDecorator('isUnderPressure') ? app.isUnderPressure : () => false
  let underWay = 0

  return async (_request, { raw }) => {
    if (underWay >= maxConcurrent || isUnderPressure()) throw overloaded()
    // The client has hung up already: nothing would tell the end.
    if (raw.closed) return
    underWay += 1
    raw.once('close', () => {
      underWay -= 1
    })
  }
}
