import { calculateJwkThumbprint, EmbeddedJWK, type JWTPayload, jwtVerify } from 'jose'
import { invalidDpopProof, useDpopNonce } from '../http/errors.ts'
import { parseUrl } from '../http/parse-url.ts'
import type { Memory } from '../memory/memory.ts'
import { type Nonces, nonceLife } from './dpop-nonce.ts'

/** The signature algorithms that a proof may have. */
export const proofAlgorithms: string[] = ['ES256']

/** A client that has shown that it holds a key. */
export interface Proof {
  /** The thumbprint of the key (RFC 7638). */
  readonly jkt: string
  /** Uses the proof up. To be called when nothing else is left to be checked. Rejects with OAuthError. */
  claim(): Promise<void>
}

/** Checks the `DPoP` header of a token request (RFC 9449 section 4.3). */
export type ProofCheck = (header: string | undefined) => Promise<Proof | undefined>

/** Throws OAuthError, or gives nothing where there is no header. */
export function createProofCheck(tokenUrl: string, nonces: Nonces, memory: Memory): ProofCheck {
  const claimed = memory.once('proof', { life: nonceLife, limitOfOwner: 200 })

  return async (header) => {
    if (header === undefined) return undefined
    const { payload, protectedHeader } = await verify(header)
    if (!isForRequest(payload, tokenUrl)) throw invalidDpopProof()
    // How old a proof is, the nonce tells: the client's clock may be wrong.
    if (!nonces.accepts(payload.nonce)) throw useDpopNonce(nonces.current())
    const jkt = await calculateJwkThumbprint(protectedHeader.jwk ?? {})
    return {
      jkt,
      async claim() {
        if (!(await claimed.claim(String(payload.jti), jkt))) throw invalidDpopProof()
      },
    }
  }
}

async function verify(proof: string) {
  try {
    return await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: proofAlgorithms,
      requiredClaims: ['jti', 'htm', 'htu', 'iat'],
    })
  } catch {
    throw invalidDpopProof()
  }
}

function isForRequest({ jti, htm, htu }: JWTPayload, tokenUrl: string): boolean {
  const isNamed = typeof jti === 'string' && jti !== '' && jti.length <= 256
  return isNamed && htm === 'POST' && isSameUrl(htu, tokenUrl)
}

// RFC 9449 section 4.3: without query and fragment.
function isSameUrl(htu: unknown, tokenUrl: string): boolean {
  const url = typeof htu === 'string' ? parseUrl(htu) : undefined
  return url !== undefined && url.origin + url.pathname === tokenUrl
}
