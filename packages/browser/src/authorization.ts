import { RoambiAuthError } from './errors.ts'
import { codeChallenge, randomText } from './pkce.ts'

/** An authorization request (RFC 6749 section 4.1.1) and what must be kept to judge its answer. */
export interface AuthorizationRequest {
  readonly authorizeUrl: string
  readonly clientId: string
  readonly redirectUri: string
  readonly state: string
  readonly codeVerifier: string
}

export function createAuthorizationRequest(
  fixed: Pick<AuthorizationRequest, 'authorizeUrl' | 'clientId' | 'redirectUri'>,
): AuthorizationRequest {
  return { ...fixed, state: randomText(), codeVerifier: randomText() }
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
  return url.href
}

/**
 * Reads the authorization code out of the URL that the callback page was opened with, and throws
 * unless it is one clear answer to this request (RFC 6749 section 4.1.2).
 */
export function judgeCallback(callbackUrl: string, request: AuthorizationRequest): string {
  const { searchParams } = new URL(callbackUrl)
  const single = (name: string) => {
    const [value, ...more] = searchParams.getAll(name)
    if (more.length > 0) throw invalid(`it has more than one \`${name}\``)
    return value || undefined
  }
  const state = single('state')
  const code = single('code')
  const error = single('error')
  if (state !== request.state) throw invalid('its `state` is not the one that was sent')
  if (error && code) throw invalid('it has both a code and an error')
  if (error) throw new RoambiAuthError(error, refusals[error] ?? `Roambi answered "${error}".`)
  if (!code) throw invalid('it has no code')
  return code
}

const refusals: Record<string, string> = {
  access_denied: 'The user did not allow this app to use Roambi.',
  temporarily_unavailable: 'Roambi cannot sign anybody in at the moment. Try again later.',
}

function invalid(why: string): RoambiAuthError {
  return new RoambiAuthError('invalid_callback', `The answer to the sign-in is not usable: ${why}.`)
}
