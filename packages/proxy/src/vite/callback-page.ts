// An app without its callback page: Vite would show the app itself in the sign-in window.
import type { Connect } from 'vite'

/** To be put behind Vite's fallback to `index.html`, which is no answer to a file that is missing. */
export const refuseMissingCallbackPage: Connect.NextHandleFunction = (request, response, next) => {
  const [path = ''] = (request.originalUrl ?? '').split('?')
  if (request.url !== '/index.html' || !path.endsWith('/callback.html')) return next()
  response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(missing)
}

const missing = `The app has no callback.html.

Roambi's answer comes to this page, which hands it to the app. Add it next to index.html:

  <p id="status">Signing you in…</p>
  <script type="module">
    import { handleCallback } from '@roambi-auth/browser/callback'

    handleCallback()
  </script>

and name it in vite.config: build: { rolldownOptions: { input: ['index.html', 'callback.html'] } }
`
