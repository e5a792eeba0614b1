import type { FastifyReply } from 'fastify'
import type { AuthorizationRequest } from './authorization-request.ts'
import { html } from './html.ts'

/** Redirects to the redirect URI with the result, and the documented HTML body. */
export function sendAuthorizationResponse(
  reply: FastifyReply,
  { redirectUri, state }: AuthorizationRequest,
  result: { code: string } | { error: string },
): FastifyReply {
  const query = new URLSearchParams(state === undefined ? result : { ...result, state })
  const location = `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${query}`
  const body = html`<html><body>You are being <a href="${location}">redirected</a>.</body></html>`
  return reply.code(302).header('location', location).type('text/html').send(body.html)
}
