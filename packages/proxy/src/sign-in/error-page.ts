// What a user sees when a sign-in can't go on and there is nobody to be sent back to.
import { createHash } from 'node:crypto'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { noStore, toOAuthError } from '../http/error-answer.ts'
import type { OAuthError } from '../http/errors.ts'

/** Answers any error as a page, and never with a redirect (RFC 6749 section 4.1.2.1). */
export function answerErrorPage(
  error: FastifyError | OAuthError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { status, headers, message } = toOAuthError(error, request)
  return reply
    .code(status)
    .headers({ ...pageHeaders, ...headers, 'content-type': 'text/html; charset=utf-8' })
    .send(page(message))
}

// Only sentences of the proxy's own come in here: nothing of the request is shown.
function page(message: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>The sign-in can't go on</title>
<style>${style}</style>
<main>
<h1>The sign-in can't go on</h1>
<p>${message}</p>
<p>Close this window and go back to the app. If signing in again does not help, tell who runs it.</p>
</main>
</html>
`
}

const style = `
body { margin: 0; padding: 3rem 1.5rem; font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 32rem; margin: 0 auto; }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25; }
`

const styleHash = createHash('sha256').update(style).digest('base64')

/** Of pages and redirects alike: their addresses hold a code, so nobody may keep or frame them. */
export const pageHeaders: Readonly<Record<string, string>> = {
  ...noStore,
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}
