// What the proxy hands out and takes back without keeping it: an encrypted JWT (RFC 7516, 7519)
// that nobody but this deployment can read or make.
import {
  type CryptoKey,
  decodeProtectedHeader,
  EncryptJWT,
  errors,
  type JWTPayload,
  jwtDecrypt,
} from 'jose'
import { badGateway } from '../http/errors.ts'
import type { KeyRing } from './sealing-keys.ts'

/** Each kind has a key of its own, so that none passes for another. */
export type SealedKind = 'transaction' | 'code' | 'refresh-token' | 'answer'

/** Seals and opens one kind of content. */
export interface Seal<T extends object> {
  /**
   * Throws OAuthError when it gets too long to be opened again.
   *
   * @param life in s
   */
  seal(content: T, life: number): Promise<string>
  /** `undefined`, whatever the reason: not ours, of another kind, issuer or client, changed, too old. */
  open(sealed: string): Promise<T | undefined>
}

/** Both are bound into all that is sealed. */
export interface SealOwner {
  readonly publicUrl: string
  /** For whom it is; absent where the proxy keeps it for itself. */
  readonly clientId?: string
}

/** @param longest in characters */
export function createSeal<T extends object>(
  kind: SealedKind,
  ring: KeyRing,
  { publicUrl, clientId = publicUrl }: SealOwner,
  longest: number = longestSealed,
): Seal<T> {
  const keys = new Map(ring.map(({ kid, derive }) => [kid, imported(derive(kind))]))
  const [{ kid }] = ring
  const protectedHeader = { alg: 'dir', enc: 'A256GCM', typ: typPrefix + kind, kid }

  const keyOf = ({ kid = '' }: { kid?: string }) => {
    const key = keys.get(kid)
    if (!key) throw new errors.JWKSNoMatchingKey()
    return key
  }

  return {
    async seal(content, life) {
      const sealed = await new EncryptJWT(content as JWTPayload)
        .setProtectedHeader(protectedHeader)
        .setIssuer(publicUrl)
        .setAudience(clientId)
        .setExpirationTime(`${life}s`)
        .encrypt(await keyOf(protectedHeader))
      // Only codes and tokens of Roambi's can make it so.
      if (sealed.length > longest) throw badGateway()
      return sealed
    },

    async open(sealed) {
      if (sealed.length > longest || !isCanonical(sealed)) return undefined
      try {
        const { payload } = await jwtDecrypt<T>(sealed, keyOf, {
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
          typ: protectedHeader.typ,
          issuer: publicUrl,
          audience: clientId,
          requiredClaims: ['exp'],
        })
        return payload
      } catch {
        return undefined
      }
    },
  }
}

// Once: of bytes, each use would make a key of its own.
function imported(key: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

// The decoder overlooks white space and bits to spare, so that one seal would have many spellings.
function isCanonical(sealed: string): boolean {
  const isOnlySpelling = (part: string) =>
    Buffer.from(part, 'base64url').toString('base64url') === part
  return sealed.split('.').every(isOnlySpelling)
}

/** Whether it looks like something that a proxy has sealed, be it another one. */
export function isSealed(text: string): boolean {
  try {
    return decodeProtectedHeader(text).typ?.startsWith(typPrefix) ?? false
  } catch {
    return false
  }
}

const typPrefix = 'roambi-auth-'

/** In characters. What is longer is not even decoded. */
export const longestSealed = 8192
