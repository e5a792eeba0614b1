// The proxy's own authorization code: the tokens, sealed to the client's code challenge. Roambi's
// code was spent in the callback, so that it is worthless wherever it may have been seen.
import { createHash, timingSafeEqual } from 'node:crypto'
import { invalidGrant, invalidRequest } from '../http/errors.ts'
import type { Memory } from '../memory/memory.ts'
import { createSeal, type SealOwner } from '../sealing/seal.ts'
import type { KeyRing } from '../sealing/sealing-keys.ts'
import type { AuthorizationRequest } from '../sign-in/authorization-request.ts'
import type { TokenAnswer } from '../upstream/token-answer.ts'
import type { CodeRequest } from './token-form.ts'

/** What a code stands for. */
export interface CodeGrant extends Omit<AuthorizationRequest, 'clientId' | 'state'> {
  readonly tokens: TokenAnswer
  /** When Roambi gave them, in ms since 1970. */
  readonly issuedAt: number
  readonly upstreamCode: string
  /** Names the sign-in: of each, one code can be spent. */
  readonly jti: string
}

export interface AuthorizationCodes {
  issue(grant: CodeGrant): Promise<string>
  /** Throws OAuthError, unless the request has all that the code is bound to. Spends nothing. */
  open(request: CodeRequest, jkt: string | undefined): Promise<CodeGrant>
  /** Throws OAuthError when it is spent already. */
  spend(grant: CodeGrant): Promise<void>
}

/** In s. */
const life = 60

/** Another instance's clock may be behind, in s: to it, the code lives on for so long. */
const clockSkew = 60

export function createAuthorizationCodes(
  ring: KeyRing,
  owner: SealOwner,
  memory: Memory,
): AuthorizationCodes {
  const { seal, open } = createSeal<CodeGrant>('code', ring, owner)
  const spent = memory.once('code', { life: (life + clockSkew) * 1000, returnable: true })
  return {
    issue: (grant) => seal(grant, life),

    async open(request, jkt) {
      if (!request.codeVerifier) throw invalidRequest('code_verifier is required.')
      const grant = await open(request.code)
      if (!grant || !isFor(grant, request, jkt)) throw invalidGrant()
      return grant
    },

    async spend({ jti }) {
      if (!(await spent.claim(jti))) throw invalidGrant()
    },
  }
}

function isFor(grant: CodeGrant, request: CodeRequest, jkt: string | undefined): boolean {
  const isSameKey = grant.jkt === undefined || grant.jkt === jkt
  return (
    isSameKey &&
    grant.redirectUri === request.redirectUri &&
    answers(grant.codeChallenge, request.codeVerifier)
  )
}

// RFC 7636 section 4.6.
function answers(codeChallenge: string, codeVerifier = ''): boolean {
  const hash = createHash('sha256').update(codeVerifier).digest('base64url')
  return timingSafeEqual(Buffer.from(hash), Buffer.from(codeChallenge))
}
