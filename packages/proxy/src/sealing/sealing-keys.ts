import { createHash, hkdfSync, randomBytes } from 'node:crypto'

/** The deployment's keys: the first one seals, all of them open. */
export type KeyRing = readonly [SealingKey, ...SealingKey[]]

export interface SealingKey {
  /** Tells which key sealed something, and nothing about the key. */
  readonly kid: string
  /** A key of 32 bytes for one purpose (HKDF, RFC 5869). */
  derive(purpose: string): Uint8Array<ArrayBuffer>
}

/** Makes a ring of keys as they are configured. Without any, of one that nobody else has. */
export function createKeyRing(configured: readonly string[] = []): KeyRing {
  const [first = randomSealingKey(), ...others] = configured
  return [sealingKey(first), ...others.map(sealingKey)]
}

export function randomSealingKey(): string {
  return randomBytes(32).toString('base64url')
}

/** At least 32 bytes as base64url. */
export function isSealingKey(value: string): boolean {
  return /^[\w-]{43,}$/.test(value)
}

function sealingKey(configured: string): SealingKey {
  const secret = Buffer.from(configured, 'base64url')
  const derive = (purpose: string) =>
    new Uint8Array(hkdfSync('sha256', secret, 'roambi-auth', purpose, 32))
  return { kid: createHash('sha256').update(derive('kid')).digest('base64url').slice(0, 8), derive }
}
