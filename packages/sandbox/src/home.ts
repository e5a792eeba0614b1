import type { FastifyInstance } from 'fastify'
import { account } from './directory.ts'
import { html } from './html.ts'
import { page } from './page.ts'
import type { Settings } from './settings.ts'

interface HomeParts {
  settings: Settings
  url: () => string
}

/** What a newcomer sees at the root. */
export async function homeRoutes(app: FastifyInstance, parts: HomeParts): Promise<void> {
  app.get('/', async (_request, reply) => {
    return reply.type('text/html').send(homePage(parts.settings, parts.url()))
  })
}

function homePage(settings: Settings, url: string): string {
  const authorizationRequest = `/1/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: settings.clientId,
    redirect_uri: settings.redirectUri,
    state: 'try',
  })}`
  return page(
    'Roambi Business (sandbox)',
    html`<div class="wide">
<h1>A local Roambi Business</h1>
<p>This server stands in for <code>https://api.roambi.com</code>, with the base
<code>${url}/1</code>. It keeps everything in memory, and forgets it when it stops.</p>
<p class="note">Test account: ${account.email} / ${account.password}</p>
<dl>
<dt>Client id</dt><dd>${settings.clientId}</dd>
<dt>Registered redirect URI</dt><dd>${settings.redirectUri}</dd>
</dl>
<p><a href="${authorizationRequest}">Try the sign-in dialog</a></p>
<h2>Levers</h2>
<p>Every access token expires, every refresh token is revoked:</p>
<pre><code>curl -X POST ${url}/sandbox/expire
curl -X POST ${url}/sandbox/revoke</code></pre>
<p>The next two token requests meet an HTML error page. Other faults: hang, reset, drop-answer,
internal_server_error, or a status; other places: api, authorize.</p>
<pre><code>curl -X POST '${url}/sandbox/fail?fault=html&amp;times=2&amp;on=token'</code></pre>
<p>Settings change at once:</p>
<pre><code>curl -X POST '${url}/sandbox/set?tokenLifetime=30&amp;rotation=strict'</code></pre>
<p>The state, as JSON: <a href="/sandbox">/sandbox</a></p>
</div>`,
  )
}
