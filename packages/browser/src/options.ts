import { RoambiAuthError } from './errors.ts'
import type { SessionStore } from './session-store.ts'
import { isText } from './untrusted.ts'

/** Options of `createRoambi()`. */
export interface RoambiOptions {
  /** The Consumer Key of the app's API client. */
  clientId: string
  /** Where `roambi-proxy` runs, such as `https://auth.example.com`: its `PROXY_PUBLIC_URL`. */
  proxyUrl: string
  /**
   * The callback page, a whole URL, exactly as in the proxy's `PROXY_REDIRECT_URIS`. Default: the
   * origin's `/callback.html`.
   */
  redirectUri?: string
  /**
   * Where users sign in. Default: the proxy's `/1/authorize`. Only for a proxy in mode `direct`, and
   * then Roambi's own page: `https://api.roambi.com/1/authorize`.
   */
  authorizeUrl?: string
  /** Base of the API; the only origin that gets the access token. Default: the proxy's `/1/`. */
  apiUrl?: string
  /** Where the session and its key are kept. Default: IndexedDB, shared by all tabs. */
  store?: SessionStore
  /** Sends every request. Default: the global `fetch`. */
  fetch?: typeof fetch
}

/** The options, checked, with the addresses that follow from them. */
export interface Settings {
  /** What tabs of the same app have in common. */
  readonly name: string
  readonly clientId: string
  readonly redirectUri: () => string
  readonly authorizeUrl: string
  /** What every answer names as `iss`; `undefined`: the page at `authorizeUrl` names none. */
  readonly issuer: string | undefined
  readonly tokenUrl: string
  readonly revocationUrl: string
  readonly apiUrl: string
}

/** @throws {@link RoambiAuthError} `invalid_option` */
export function checkOptions(options: RoambiOptions): Settings {
  const { clientId, redirectUri } = options
  if (!isText(clientId)) throw invalid('`clientId` is missing: the Consumer Key of the app.')
  if (redirectUri !== undefined) absoluteUrl('redirectUri', redirectUri)
  const base = asFolder(absoluteUrl('proxyUrl', options.proxyUrl))
  const { authorizeUrl = new URL('1/authorize', base).href } = options
  return {
    name: `${base} ${clientId}`,
    clientId,
    redirectUri: () => onThisOrigin(redirectUri ?? `${location.origin}/callback.html`),
    authorizeUrl: absoluteUrl('authorizeUrl', authorizeUrl),
    issuer: options.authorizeUrl === undefined ? new URL(base).origin : undefined,
    tokenUrl: new URL('1/token', base).href,
    revocationUrl: new URL('1/revoke', base).href,
    apiUrl: asFolder(absoluteUrl('apiUrl', options.apiUrl ?? new URL('1/', base).href)),
  }
}

// The callback page hands its answer over within one origin: `localhost` is not `127.0.0.1`.
function onThisOrigin(redirectUri: string): string {
  const { origin } = new URL(redirectUri)
  if (origin === location.origin) return redirectUri
  throw invalid(`\`redirectUri\` is on ${origin}, but the app runs on ${location.origin}.`)
}

function absoluteUrl(option: string, value: unknown): string {
  if (isText(value) && /^https?:/i.test(value) && URL.canParse(value)) return new URL(value).href
  throw invalid(`\`${option}\` must be a whole URL: https://… or http://…`)
}

function invalid(message: string): RoambiAuthError {
  return new RoambiAuthError('invalid_option', message)
}

function asFolder(url: string): string {
  return url.endsWith('/') ? url : `${url}/`
}
