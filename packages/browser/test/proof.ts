// A DPoP proof as a server sees it, read without the library that made it.

import { createHash, createPublicKey, type JsonWebKey, verify } from 'node:crypto'

export interface Proof {
  readonly header: { typ: string; alg: string; jwk: JsonWebKey }
  readonly claims: { htm: string; htu: string; jti: string; iat: number; nonce?: string }
  /** RFC 7638, of the key that it was signed with. */
  readonly thumbprint: string
}

/** Throws unless the proof was signed by the key that it names. */
export function readProof(proof: string): Proof {
  const [header = '', claims = '', signature = ''] = proof.split('.')
  const parsed = parse(header)
  const key = createPublicKey({ key: parsed.jwk, format: 'jwk' })
  const isSigned = verify(
    'sha256',
    Buffer.from(`${header}.${claims}`),
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  if (!isSigned) throw new Error('The proof was not signed by the key that it names.')
  const { crv, kty, x, y } = parsed.jwk
  const thumbprint = createHash('sha256').update(JSON.stringify({ crv, kty, x, y }))
  return { header: parsed, claims: parse(claims), thumbprint: thumbprint.digest('base64url') }
}

function parse(part: string) {
  return JSON.parse(Buffer.from(part, 'base64url').toString())
}
