import { base64url, randomText, sha256, utf8 } from './base64url.ts'
import { RoambiAuthError } from './errors.ts'
import { asRecord } from './untrusted.ts'

/**
 * Makes the key that a refresh token is bound to (RFC 9449 section 5). Its private half can sign,
 * and can't be read once it is made, not by this page either.
 *
 * @throws {@link RoambiAuthError} `insecure_page`
 */
export async function createDpopKey(): Promise<CryptoKeyPair> {
  if (!crypto.subtle) {
    throw new RoambiAuthError('insecure_page', 'Signing in needs a page on https or localhost.')
  }
  const es256 = { name: 'ECDSA', namedCurve: 'P-256' }
  return crypto.subtle.generateKey(es256, false, ['sign', 'verify'])
}

/** The `dpop_jkt` of a key (RFC 9449 section 10): its JWK thumbprint (RFC 7638). */
export async function thumbprintOf(key: CryptoKeyPair): Promise<string> {
  return sha256(JSON.stringify(await publicJwk(key)))
}

/**
 * A proof for one POST to `htu`, an address without query (RFC 9449 section 4), with the server's
 * `nonce` if it is known. A server looks at the nonce for the time; `iat` is of the local clock.
 */
export async function createDpopProof(
  key: CryptoKeyPair,
  htu: string,
  nonce: string | undefined,
): Promise<string> {
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: await publicJwk(key) }
  const iat = Math.floor(Date.now() / 1000)
  const claims = { jti: randomText(), htm: 'POST', htu, iat, nonce }
  const signed = `${encoded(header)}.${encoded(claims)}`
  const signing = { name: 'ECDSA', hash: 'SHA-256' }
  const signature = await crypto.subtle.sign(signing, key.privateKey, utf8(signed))
  return `${signed}.${base64url(signature)}`
}

// The members that RFC 7638 section 3.2 names, in its order, and no others.
async function publicJwk({ publicKey }: CryptoKeyPair): Promise<JsonWebKey> {
  const { crv, kty, x, y } = await crypto.subtle.exportKey('jwk', publicKey)
  return { crv, kty, x, y } as JsonWebKey
}

function encoded(part: object): string {
  return base64url(utf8(JSON.stringify(part)))
}

/** Whether it is a key of ours, as a store gives it back. */
export function isDpopKey(value: unknown): value is CryptoKeyPair {
  const { privateKey, publicKey } = asRecord(value)
  return isKey(privateKey, 'private', false) && isKey(publicKey, 'public', true)
}

function isKey(value: unknown, type: KeyType, extractable: boolean): boolean {
  // Pages on plain http have no such class.
  const isOne = typeof CryptoKey === 'function' && value instanceof CryptoKey
  return isOne && value.type === type && value.extractable === extractable
}
