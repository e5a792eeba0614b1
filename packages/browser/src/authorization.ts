import { createDpopKey, thumbprintOf } from './dpop-key.ts'
import { RoambiAuthError } from './errors.ts'
import { codeChallenge, randomText } from './pkce.ts'

/** An authorization request (RFC 6749 section 4.1.1) and what must be kept to judge its answer. */
export interface AuthorizationRequest {
  readonly authorizeUrl: string
  readonly clientId: string
  readonly redirectUri: string
  /** Who must have answered (RFC 9207); `undefined` when the server does not say who it is. */
  readonly issuer: string | undefined
  readonly state: string
  readonly codeVerifier: string
  /** Made for this request, so that no two sign-ins share one. */
  readonly dpopKey: CryptoKeyPair
}

/** @throws {@link RoambiAuthError} `insecure_page` */
export async function createAuthorizationRequest(
  fixed: Omit<AuthorizationRequest, 'state' | 'codeVerifier' | 'dpopKey'>,
): Promise<AuthorizationRequest> {
  const dpopKey = await createDpopKey()
  return { ...fixed, state: randomText(), codeVerifier: randomText(), dpopKey }
}

/** Where the user is sent. */
export async function authorizationUrl(request: AuthorizationRequest): Promise<string> {
  const url = new URL(request.authorizeUrl)
  url.searchParams.set('response_type', 'code')
  url.searchParams.set('client_id', request.clientId)
  url.searchParams.set('redirect_uri', request.redirectUri)
  url.searchParams.set('state', request.state)
  url.searchParams.set('code_challenge', await codeChallenge(request.codeVerifier))
  url.searchParams.set('code_challenge_method', 'S256')
  url.searchParams.set('dpop_jkt', await thumbprintOf(request.dpopKey))
  return url.href
}

/**
 * Reads the authorization code out of the URL that the callback page was opened with, and throws
 * unless it is one clear answer to this request (RFC 6749 section 4.1.2, RFC 9207 section 2.4).
 */
export function judgeCallback(callbackUrl: string, request: AuthorizationRequest): string {
  const { searchParams } = new URL(callbackUrl)
  const single = (name: string) => {
    const [value, ...more] = searchParams.getAll(name)
    if (more.length > 0) throw invalid(`it has more than one \`${name}\``)
    return value || undefined
  }
  const state = single('state')
  const iss = single('iss')
  const code = single('code')
  const error = single('error')
  if (state !== request.state) throw invalid('its `state` is not the one that was sent')
  // Before the error is looked at: it may be somebody else's as well.
  if (iss !== request.issuer) throw invalid(foreign(request.issuer))
  if (error && code) throw invalid('it has both a code and an error')
  if (error) throw refusal(error, single('error_description'))
  if (!code) throw invalid('it has no code')
  return code
}

function foreign(issuer: string | undefined): string {
  return issuer
    ? `its \`iss\` is not ${issuer}. \`proxyUrl\` and the proxy's PROXY_PUBLIC_URL must be the same`
    : 'it has an `iss`. With a proxy in mode `pkce`, leave out `authorizeUrl`'
}

function invalid(why: string): RoambiAuthError {
  return new RoambiAuthError('invalid_callback', `The answer to the sign-in is not usable: ${why}.`)
}

function refusal(error: string, description: string | undefined): RoambiAuthError {
  const why = description ? `: ${description}` : '.'
  const message = sentences.get(error) ?? `The sign-in was refused (${error})${why}`
  return new RoambiAuthError(error, message, { retryable: passing.has(error) })
}

// A Map, because the code comes from outside.
const sentences = new Map([
  ['access_denied', 'The user did not allow this app to use Roambi.'],
  ['temporarily_unavailable', 'Roambi cannot sign anybody in at the moment. Try again later.'],
])

/** What would be a 5xx, if a redirect could be one. */
const passing = new Set(['server_error', 'temporarily_unavailable'])
