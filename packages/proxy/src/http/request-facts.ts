import type { FastifyRequest } from 'fastify'
import type { RefusalReason } from './errors.ts'

/** What is found out about a request while it is served, for the metrics. Never what was sent. */
export interface RequestFacts {
  /** Of one of this proxy's clients. */
  clientId?: string
  /** The code that the app gets: one of ours, or one that RFC 6749 registers. */
  error?: string
  reason?: RefusalReason
}

// A decoration of the request would be one of the host's names, and is not there for malformed URLs.
const facts = new WeakMap<object, RequestFacts>()

export function factsOf(request: Pick<FastifyRequest, 'raw'>): RequestFacts {
  const known = facts.get(request.raw) ?? {}
  facts.set(request.raw, known)
  return known
}
