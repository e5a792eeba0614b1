import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Fault, FaultPlace, NamedFault } from './faults.ts'
import { rules } from './setting-rules.ts'
import type { AdjustableSettings } from './settings.ts'

/** What a test, or a person, can do to the sandbox while it runs. */
export interface Levers {
  /** Every access token is dead from now on: the API answers `expired_token`. */
  expireAccessTokens(): void
  /** Every refresh token is dead from now on: a renewal answers `invalid_request`. */
  revokeRefreshTokens(): void
  /**
   * The next requests meet a fault. Several calls queue up.
   *
   * @example
   * ```ts
   * sandbox.failNext('html', { times: 2 })
   * sandbox.failNext({ status: 429, headers: { 'retry-after': '1' } }, { on: 'api' })
   * ```
   */
  failNext(fault: Fault, options?: FailOptions): void
  /** Changes settings, at once. */
  set(changes: Partial<AdjustableSettings>): void
}

/** Which requests a fault strikes. */
export interface FailOptions {
  /** How many requests; default 1. */
  times?: number
  /** Where; default `token`. */
  on?: FaultPlace
}

interface LeverParts {
  levers: Levers
  state: () => object
}

/** The levers over HTTP. Each one answers the state. */
export async function leverRoutes(app: FastifyInstance, parts: LeverParts): Promise<void> {
  const { levers, state } = parts
  // Roambi has no CORS headers, but a page of an example may press a lever.
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('access-control-allow-origin', '*')
  })

  app.get('/', async () => state())

  app.post('/expire', async () => {
    levers.expireAccessTokens()
    return state()
  })

  app.post('/revoke', async () => {
    levers.revokeRefreshTokens()
    return state()
  })

  app.post<{ Querystring: { fault: string; times: number; on: FaultPlace } }>(
    '/fail',
    { schema: { querystring: plannedFault } },
    async ({ query: { fault, times, on } }) => {
      levers.failNext(Number(fault) || (fault as NamedFault), { times, on })
      return state()
    },
  )

  app.post<{ Querystring: Partial<AdjustableSettings> }>(
    '/set',
    { schema: { querystring: changes } },
    async ({ query }) => {
      levers.set(query)
      return state()
    },
  )
}

const plannedFault = Type.Object(
  {
    fault: Type.String({
      pattern: '^(html|hang|reset|drop-answer|internal_server_error|[2-5]\\d\\d)$',
      description:
        'html, hang, reset, drop-answer, internal_server_error or a status from 200 to 599',
    }),
    times: Type.Integer({ minimum: 1, maximum: 1000, default: 1, description: '1 to 1000' }),
    on: Type.Enum(['token', 'api', 'authorize'], {
      default: 'token',
      description: 'token, api or authorize',
    }),
  },
  { additionalProperties: false },
)

const changes = Type.Partial(Type.Object(rules), { additionalProperties: false })
