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
<p class="reason">${message}</p>
<p>Close this window and go back to the app. If signing in again does not help, tell who runs it.</p>
</main>
</html>
`
}

const style = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f4f4f2, #131413); --card: light-dark(#fff, #1c1e1c);
  --text: light-dark(#1b1e1c, #ecedeb); --line: light-dark(#dfe0dc, #353835);
  --bad: light-dark(#a3301d, #ffa792); --bad-well: light-dark(#fbeae5, #3b1f19);
}
* { box-sizing: border-box; }
body {
  display: grid; min-height: 100dvh; margin: 0; padding: 1rem; place-content: center;
  grid-template-columns: minmax(0, 28rem); background: var(--ground); color: var(--text);
  font: 1rem/1.5 ui-sans-serif, system-ui, sans-serif; overflow-wrap: anywhere;
}
main {
  padding: clamp(1.25rem, 6vw, 2rem); border: 1px solid var(--line); border-radius: 1rem;
  background: var(--card);
}
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.2; letter-spacing: -.015em; }
p { margin: 0; }
.reason {
  margin-bottom: 1rem; padding: .75rem 1rem; border-left: .25rem solid var(--bad);
  border-radius: .25rem .625rem .625rem .25rem; background: var(--bad-well); color: var(--bad);
}
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
