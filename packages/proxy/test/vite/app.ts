// The app in its user's browser: a standard client, and what a person does at Roambi's page.
import { account } from '@roambi-auth/sandbox'
import * as oauth from 'openid-client'
import { signInAsPerson } from '../person.ts'

export interface SignedIn {
  readonly accessToken: string
  /** With the key of the sign-in; rejects when the session is over. */
  renew(): Promise<string>
  /** What the API says, by the dev server's own origin. */
  whoAmI(): Promise<unknown>
}

export async function signIn(
  url: string,
  clientId: string,
  redirectUri = `${url}/callback.html`,
): Promise<SignedIn> {
  const config = await oauth.discovery(new URL(url), clientId, undefined, oauth.None(), {
    algorithm: 'oauth2',
    execute: [oauth.allowInsecureRequests],
  })
  const DPoP = oauth.getDPoPHandle(config, await oauth.randomDPoPKeyPair())
  const pkceCodeVerifier = oauth.randomPKCECodeVerifier()
  const state = oauth.randomState()
  const request = oauth.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    dpop_jkt: await DPoP.calculateThumbprint(),
  })
  const answer = await signInAsPerson(request, { ...account, redirectUri })
  const checks = { pkceCodeVerifier, expectedState: state }
  const tokens = await oauth.authorizationCodeGrant(config, answer, checks, undefined, { DPoP })
  let { refresh_token = '' } = tokens

  return {
    accessToken: tokens.access_token,
    async renew() {
      const renewed = await oauth.refreshTokenGrant(config, refresh_token, undefined, { DPoP })
      refresh_token = renewed.refresh_token ?? refresh_token
      return renewed.access_token
    },
    async whoAmI() {
      const api = new URL('/1/user/resources', url)
      const response = await oauth.fetchProtectedResource(config, tokens.access_token, api, 'GET')
      return response.json()
    },
  }
}
