// DPoP proofs, good and bad.
import { createHmac, generateKeyPairSync, type JsonWebKey, randomUUID, sign } from 'node:crypto'
import { tokenUrl } from '../app.ts'

export interface ProofKey {
  prove(kind: ProofKind, nonce: string): string
}

/** `good`, or what is bad about it. */
export type ProofKind = keyof typeof kinds
export const proofKinds = (): ProofKind[] => Object.keys(kinds) as ProofKind[]

type Parts = { header: Record<string, unknown>; claims: Record<string, unknown> }

const claim =
  (changes: Record<string, unknown>) =>
  ({ header, claims }: Parts): Parts => ({ header, claims: { ...claims, ...changes } })
const head =
  (changes: Record<string, unknown>) =>
  ({ header, claims }: Parts): Parts => ({ header: { ...header, ...changes }, claims })

const kinds = {
  good: (parts: Parts) => parts,
  'without a nonce': claim({ nonce: undefined }),
  'of another nonce': claim({ nonce: 'AAAAAAAAAAAAAAAAAAAAAA' }),
  'of a nonce that is no text': claim({ nonce: { toString: 1 } }),
  'for another host': claim({ htu: 'https://evil.example/1/token' }),
  'for another path': claim({ htu: tokenUrl.replace('token', 'revoke') }),
  'for no URL': claim({ htu: '//' }),
  'for a query': claim({ htu: `${tokenUrl}?x` }),
  'for GET': claim({ htm: 'GET' }),
  'without a name': claim({ jti: undefined }),
  'with a number for a name': claim({ jti: 7 }),
  'with a long name': claim({ jti: 'j'.repeat(300) }),
  'with an odd name': claim({ jti: ' __proto__\n\0é' }),
  'used before': claim({ jti: 'used-before' }),
  'of no time': claim({ iat: undefined }),
  'of a strange time': claim({ iat: 1e300, exp: -1, nbf: 'x' }),
  'of alg none': head({ alg: 'none' }),
  'of alg HS256': head({ alg: 'HS256' }),
  'of alg ES384': head({ alg: 'ES384' }),
  'of another type': head({ typ: 'JWT' }),
  'without a key': head({ jwk: undefined }),
  'with a key that is no object': head({ jwk: 'x' }),
  'with a key off the curve': head({ jwk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } }),
  'with a symmetric key': head({ jwk: { kty: 'oct', k: 'AA' } }),
  'with crit': head({ crit: ['exp'], b64: false }),
  'with a key elsewhere': head({ jku: 'https://evil.example/', x5u: 'https://evil.example/' }),
}

export function createProofKey(): ProofKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk: JsonWebKey = publicKey.export({ format: 'jwk' })

  return {
    prove(kind, nonce) {
      const { header, claims } = kinds[kind]({
        header: { typ: 'dpop+jwt', alg: 'ES256', jwk },
        claims: {
          jti: randomUUID(),
          htm: 'POST',
          htu: tokenUrl,
          iat: Math.floor(Date.now() / 1000),
          nonce,
        },
      })
      const text = `${encode(header)}.${encode(claims)}`
      return `${text}.${signature(String(header.alg), text)}`
    },
  }

  function signature(algorithm: string, text: string): string {
    if (algorithm === 'none') return ''
    if (algorithm.startsWith('HS')) {
      return createHmac('sha256', JSON.stringify(jwk)).update(text).digest('base64url')
    }
    const signed = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' })
    return signed.toString('base64url')
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
