import { calculateThumbprint, generateKeyPair, generateProof } from 'dpop'
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
    const message = 'Signing in needs a page on https or on localhost.'
    throw new RoambiAuthError('insecure_page', message)
  }
  return generateKeyPair('ES256', { extractable: false })
}

/** The `dpop_jkt` of a key (RFC 9449 section 10): its JWK thumbprint. */
export function thumbprintOf(key: CryptoKeyPair): Promise<string> {
  return calculateThumbprint(key.publicKey)
}

/** A proof for one POST to `url` (RFC 9449 section 4), with the server's `nonce` if it is known. */
export function createDpopProof(
  key: CryptoKeyPair,
  url: string,
  nonce: string | undefined,
): Promise<string> {
  return generateProof(key, url, 'POST', nonce)
}

/** Whether it is a key of ours, as a store gives it back. */
export function isDpopKey(value: unknown): value is CryptoKeyPair {
  const { privateKey, publicKey } = asRecord(value)
  return (
    isCryptoKey(privateKey) &&
    privateKey.type === 'private' &&
    !privateKey.extractable &&
    isCryptoKey(publicKey) &&
    publicKey.type === 'public' &&
    publicKey.extractable
  )
}

function isCryptoKey(value: unknown): value is CryptoKey {
  // Pages on plain http have no such class.
  return typeof CryptoKey === 'function' && value instanceof CryptoKey
}
