// What must not be seen where it does not belong is spelled so that it is known at sight.
import { codeVerifier } from '../app.ts'
import { client } from '../stage.ts'

/**
 * How what the upstream gives out begins. The capitals keep it from passing for an origin, which
 * the proxy may log.
 */
export const marks = {
  code: 'UpstreamCode',
  accessToken: '1/UpstreamAccess',
  refreshToken: 'UpstreamRefresh',
} as const

/** A code, token, verifier or secret in the text, by what it is; or what is sealed or signed. */
export function leakIn(text: string): string | undefined {
  return leak.exec(text)?.[0]
}

/** The client secret in the text, in any of its spellings. */
export function secretIn(text: string): string | undefined {
  return secret.exec(text)?.[0]
}

const secretBytes = Buffer.from(client.clientSecret)
const spellings = [
  client.clientSecret,
  secretBytes.toString('base64url'),
  secretBytes.toString('hex'),
]
const secret = new RegExp(spellings.join('|'))
const leak = new RegExp(
  [...spellings, codeVerifier, ...Object.values(marks), 'eyJ(hbGci|0eXAi)'].join('|'),
)
