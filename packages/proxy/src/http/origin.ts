import type { FastifyCorsOptions } from '@fastify/cors'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { answerHeaders, appHeaders } from '../api/forwarded-headers.ts'
import { foreignOrigin } from './errors.ts'

/**
 * A hook that lets pass what comes from an allowed origin, or from no page at all. It keeps other
 * sites from using the proxy through their visitors; a client outside of a browser sends what it likes.
 */
export function refuseForeignOrigins(
  allowedOrigins: readonly string[],
): (request: FastifyRequest) => Promise<void> {
  return async ({ headers: { origin } }) => refuseForeignOrigin(origin, { allowedOrigins })
}

/** Throws OAuthError. */
export function refuseForeignOrigin(
  origin: string | undefined,
  { allowedOrigins }: { readonly allowedOrigins: readonly string[] },
): void {
  if (origin !== undefined && !allowedOrigins.includes(origin)) throw foreignOrigin()
}

export function corsOptions(
  allowedOrigins: readonly string[],
  methods: readonly string[],
): FastifyCorsOptions {
  return {
    origin: [...allowedOrigins],
    methods: [...methods],
    // RFC 9449 section 8: those of the token endpoint. They are not forwarded.
    allowedHeaders: [...appHeaders, 'dpop'],
    exposedHeaders: [...answerHeaders, 'dpop-nonce', 'x-request-id'],
    maxAge: 600,
    // A preflight without its headers would else be answered as text/plain.
    strictPreflight: false,
  }
}

/** The headers of an answer that only the page of an allowed origin can read. */
export function readableFor(
  allowedOrigins: readonly string[],
  origin = '',
): Record<string, string> {
  return {
    vary: 'Origin',
    ...(allowedOrigins.includes(origin) && { 'access-control-allow-origin': origin }),
  }
}

/** CORS of the server around would answer before the exact list here can. */
export function refuseOuterCors(app: FastifyInstance): void {
  if (app.hasRequestDecorator('corsPreflightEnabled')) {
    throw new Error(
      'Register @fastify/cors beside roambiProxy, in a plugin of its own, not above it',
    )
  }
}
