import type { AuthorizationRequest } from './authorization-request.ts'
import { account } from './directory.ts'
import { type Html, html } from './html.ts'
import { page } from './page.ts'
import type { Refusal } from './refusal.ts'

/** The sign-in and consent dialog; with `refusedEmail` after a wrong password. */
export function signInPage(request: AuthorizationRequest, refusedEmail?: string): string {
  const refused = refusedEmail !== undefined
  return page(
    'Sign in to Roambi Business (sandbox)',
    html`<h1>Sign in to Roambi Business</h1>
<p class="quiet">An application asks to act for you. This page is a local stand-in for Roambi: nothing
leaves this machine.</p>
<dl>
<dt>Client id</dt><dd>${request.clientId}</dd>
<dt>Returns to</dt><dd>${request.redirectUri}</dd>
</dl>
<p class="note">Test account: ${account.email} / ${account.password}</p>
${refused ? html`<p class="alert" id="refused" role="alert">Wrong email or password.</p>` : ''}
<form method="post" action="/sign-in">
${hidden('response_type', 'code')}
${hidden('client_id', request.clientId)}
${hidden('redirect_uri', request.redirectUri)}
${request.state === undefined ? '' : hidden('state', request.state)}
<label for="email">Email</label>
<input id="email" name="email" type="email" autocomplete="username" required
  value="${refusedEmail ?? ''}" ${refused ? invalid : autofocus}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
  ${refused ? [invalid, autofocus] : ''}>
<div class="buttons">
<button class="primary" name="decision" value="allow">Allow</button>
<button name="decision" value="deny" formnovalidate>Deny</button>
</div>
</form>`,
  )
}

/** Why there is no dialog; without a way back, since the redirect URI may be a stranger's. */
export function refusalPage({ error, message }: Refusal): string {
  return page(
    'Roambi Business (sandbox) refused',
    html`<h1>This sign-in can’t start</h1>
<p class="alert" role="alert">${message}</p>
<p>The application sent an authorization request that this sandbox refuses:
<code>${error}</code>. You were not sent back, because the address may not be its own.</p>
<p><a href="/">What this sandbox expects</a></p>`,
  )
}

const invalid = html`aria-invalid="true" aria-describedby="refused" `
const autofocus = html`autofocus`

function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`
}
