// One server and one origin: the files of the app, and the proxy.

import { existsSync, readFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import helmet from '@fastify/helmet'
import files from '@fastify/static'
import { roambiProxy } from '@roambi-auth/proxy'
import Fastify, { type FastifyInstance } from 'fastify'

/** The variables of `roambi-proxy`, and `APP_FOLDER`: where the built app is. Default `dist`. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The whole server, for `listen()`. The lines of the log go to standard output, or elsewhere. */
export function createServer(
  environment: Environment,
  log: { write(line: string): void } = process.stdout,
): FastifyInstance {
  const folder = resolve(environment.APP_FOLDER || join(import.meta.dirname, 'dist'))
  if (!existsSync(join(folder, 'index.html')))
    throw new Error(`There is no index.html in ${folder}`)
  const publicUrl = environment.PROXY_PUBLIC_URL ?? ''
  const apiUrl = environment.ROAMBI_API_URL || 'https://api.roambi.com/1'

  const server = Fastify({
    logger: {
      level: environment.LOG_LEVEL || 'info',
      stream: log,
      // Without the query: in the address of the callback page, it holds a code.
      serializers: { req: ({ method, url }) => ({ method, path: url.split('?', 1)[0] }) },
    },
    // The servers in front whose X-Forwarded-For is believed, comma-separated.
    trustProxy: environment.PROXY_TRUSTED_PROXIES || false,
    // Node's own default, which Fastify switches off.
    requestTimeout: 300_000,
  })

  server.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        // The user's picture comes from Roambi.
        imgSrc: ["'self'", new URL(apiUrl).origin],
        // The proxy is on this very origin.
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // On the way of the sign-in, it would cut the window off from the app.
    crossOriginOpenerPolicy: false,
    xFrameOptions: { action: 'deny' },
  })

  server.register(roambiProxy, {
    clientId: environment.ROAMBI_CLIENT_ID ?? '',
    // While it is being changed, the new one and the old one, a line each.
    clientSecret: secret('ROAMBI_CLIENT_SECRET', environment).split(/\r?\n/),
    sealingKeys: secret('PROXY_SEALING_KEYS', environment).split(/[\s,]+/),
    apiUrl,
    publicUrl,
    redirectUris: [`${publicUrl}/callback.html`],
    // Browsers send it with every POST, to their own origin too.
    allowedOrigins: [publicUrl],
  })

  server.register(files, {
    root: folder,
    // Each file that is there now gets a route: no path of a request is looked up on the disk.
    wildcard: false,
    cacheControl: false,
    setHeaders(response, path) {
      const headers = headersOf(relative(folder, path).split(sep))
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    },
  })

  server.setNotFoundHandler(({ headers }, reply) => {
    reply.code(404).header('cache-control', 'no-store')
    if (!headers.accept?.includes('text/html')) return reply.send({ error: 'not_found' })
    return reply.type('text/html; charset=utf-8').send(notFoundPage)
  })
  return server
}

/** Of a file of the app, by the folder that it is in, or its name. */
function headersOf([top = '']: readonly string[]): Record<string, string> {
  // Vite names these after their contents.
  if (top === 'assets') return { 'cache-control': 'public, max-age=31536000, immutable' }
  // Its address holds a code. It must reach the app, so it has no policy for its opener.
  if (top === 'callback.html') return { 'cache-control': 'no-store' }
  if (!top.endsWith('.html')) return { 'cache-control': 'no-cache' }
  // Other sites can't hold on to this window, and the sign-in window stays in reach.
  return { 'cache-control': 'no-cache', 'cross-origin-opener-policy': 'same-origin-allow-popups' }
}

/** From its variable, or from the file that the variable with `_FILE` names. */
function secret(variable: string, environment: Environment): string {
  const file = environment[`${variable}_FILE`]
  const value = file ? readFileSync(file, 'utf8') : environment[variable]
  return (value ?? '').replace(/\r?\n$/, '')
}

const notFoundPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>No such page</title>
<h1>There is no such page</h1>
<p><a href="/">To the start</a></p>
</html>
`
