import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Grants } from './grants.ts'
import { Refusal } from './refusal.ts'
import type { Settings } from './settings.ts'

/** Lets only requests with a live access token, within the rate limit, through to the routes of `app`. */
export function requireBearer(
  app: FastifyInstance,
  settings: Settings,
  grants: Grants,
  now: () => number,
): void {
  const limiter = createLimiter(settings, now)

  // Before validation, so that a bad parameter without a token is a 401 first.
  app.addHook('preValidation', async (request, reply) => {
    const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
    if (!token) throw new Refusal(401, 'invalid_session', 'Access token is missing')
    const verdict = grants.judgeAccessToken(token)
    if (verdict === 'unknown') throw new Refusal(401, 'invalid_token', 'Access token is invalid')
    if (verdict === 'expired') throw new Refusal(401, 'expired_token', 'Access token has expired')
    if (settings.accountDisabled) {
      throw new Refusal(401, 'disabled_account', 'Account is disabled')
    }
    if (!limiter.allows(token)) return answerOverLimit(reply, settings)
  })
}

function createLimiter(settings: Settings, now: () => number) {
  const times = new Map<string, number[]>()
  return {
    allows(token: string): boolean {
      const recent = (times.get(token) ?? []).filter((time) => time > now() - 60_000)
      const allowed = recent.length < settings.rateLimit
      times.set(token, allowed ? [...recent, now()] : recent)
      return allowed
    },
  }
}

function answerOverLimit(reply: FastifyReply, { rateLimitStatus }: Settings): FastifyReply {
  if (rateLimitStatus === 503) {
    throw new Refusal(503, 'service_unavailable', 'Rate limit exceeded')
  }
  return reply.code(403).type('text/plain').send('403 Forbidden (Rate Limit Exceeded)')
}
