import type { IncomingMessage } from 'node:http'
import type { PreviewServer, ViteDevServer } from 'vite'
import { InvalidSettings } from '../program/invalid-settings.ts'
import type { DevEnvironment } from './dev-environment.ts'
import type { RoambiPluginOptions } from './plugin-options.ts'

export type Server = ViteDevServer | PreviewServer

/** Where browsers open the app, if somebody has said so. */
export function chosenPublicUrl(
  server: Server,
  environment: DevEnvironment,
  { publicUrl }: RoambiPluginOptions,
): string | undefined {
  const isPreview = !('environments' in server)
  return (
    publicUrl ??
    environment.PROXY_PUBLIC_URL ??
    (isPreview ? undefined : server.config.server.origin)
  )
}

/** Where Vite says that it is. Throws InvalidSettings. */
export function listeningOrigin({ resolvedUrls, httpServer }: Server): string {
  if (!httpServer) throw new InvalidSettings([withoutServer])
  if (!resolvedUrls) throw new InvalidSettings(['The dev server does not listen yet.'])
  const [url = ''] = [...resolvedUrls.local, ...resolvedUrls.network]
  const { protocol, origin } = new URL(url)
  if (protocol === 'http:' && resolvedUrls.local.length === 0) {
    throw new InvalidSettings([`Nobody can sign in at ${origin}${onlyOverNetwork}`])
  }
  return origin
}

/** Whether the browser has opened this very address, and not another one of the same server. */
export function isAskedAt(publicUrl: string, { headers }: IncomingMessage): boolean {
  return (headers[':authority'] ?? headers.host) === new URL(publicUrl).host
}

const withoutServer =
  'In middleware mode, Vite does not know where the app is opened: ' +
  'set publicUrl in roambi({ … }), or PROXY_PUBLIC_URL, like http://localhost:3000.'

const onlyOverNetwork =
  ': over plain http, browsers sign and keep nothing but on localhost. ' +
  'Take https, or listen on localhost.'
