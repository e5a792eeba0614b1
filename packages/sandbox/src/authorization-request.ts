import type { Parameters } from './parameters.ts'
import { Refusal, redirectMismatch } from './refusal.ts'
import type { Settings } from './settings.ts'

export interface AuthorizationRequest {
  clientId: string
  redirectUri: string
  state: string | undefined
}

/** Throws a `Refusal`, which must not go to the redirect URI: that may be a stranger's. */
export function judgeAuthorizationRequest(
  parameters: Parameters,
  settings: Settings,
): AuthorizationRequest {
  const { client_id, client_secret, redirect_uri, response_type, state } = parameters
  if (!client_id) throw new Refusal(400, 'invalid_request', '`client_id` is required')
  // Only the documented POST sends a secret, and only the guide's form of it.
  const wrongSecret = client_secret !== undefined && client_secret !== settings.clientSecret
  if (client_id !== settings.clientId || wrongSecret) {
    throw new Refusal(401, 'invalid_client', 'Invalid client credentials')
  }
  if (redirect_uri !== settings.redirectUri) throw redirectMismatch()
  if (response_type !== 'code') {
    throw new Refusal(400, 'invalid_request', '`response_type` must be code')
  }
  return { clientId: client_id, redirectUri: redirect_uri, state }
}
