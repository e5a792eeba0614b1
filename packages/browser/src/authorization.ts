import { randomText, sha256 } from './base64url.ts'
import { createDpopKey, isDpopKey, thumbprintOf } from './dpop-key.ts'
import { RoambiAuthError } from './errors.ts'
import { asRecord, isText } from './untrusted.ts'

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

/** Whether it is a request of ours, as a store gives it back. */
export function isAuthorizationRequest(value: unknown): value is AuthorizationRequest {
  const { issuer, dpopKey, ...texts } = asRecord(value)
  const { authorizeUrl, clientId, redirectUri, state, codeVerifier } = texts
  return (
    [authorizeUrl, clientId, redirectUri, state, codeVerifier].every(isText) &&
    (issuer === undefined || isText(issuer)) &&
    isDpopKey(dpopKey)
  )
}

/** Where the user is sent. */
export async function authorizationUrl(request: AuthorizationRequest): Promise<string> {
  const url = new URL(request.authorizeUrl)
  const parameters = {
    response_type: 'code',
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    state: request.state,
    code_challenge: await sha256(request.codeVerifier),
    code_challenge_method: 'S256',
    dpop_jkt: await thumbprintOf(request.dpopKey),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
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
    if (more.length > 0) throw invalid(`\`${name}\` is there twice`)
    return value || undefined
  }
  const state = single('state')
  const iss = single('iss')
  const code = single('code')
  const error = single('error')
  if (state !== request.state) throw invalid('another `state` was sent')
  // Before the error is looked at: it may be somebody else's as well.
  if (iss !== request.issuer) throw invalid(foreign(request.issuer))
  if (error && code) throw invalid('it has a code and an error')
  if (error) throw refusal(error, single('error_description'))
  if (!code) throw invalid('it has no code')
  return code
}

function foreign(issuer: string | undefined): string {
  return issuer
    ? `its \`iss\` is not ${issuer}. Is \`proxyUrl\` the proxy's PROXY_PUBLIC_URL?`
    : 'it has an `iss`. With a proxy in mode `pkce`, leave out `authorizeUrl`'
}

function invalid(why: string): RoambiAuthError {
  return new RoambiAuthError('invalid_callback', `The answer to the sign-in is no good: ${why}.`)
}

function refusal(error: string, description = error): RoambiAuthError {
  const message =
    error === 'access_denied'
      ? 'The user did not allow this app to use Roambi.'
      : `The sign-in was refused: ${description}`
  return new RoambiAuthError(error, message, { retryable: passing.includes(error) })
}

/** What would be a 5xx, if a redirect could be one. */
const passing = ['server_error', 'temporarily_unavailable']
