import { createHmac } from 'node:crypto'
import type { KeyRing, SealingKey } from '../sealing/sealing-keys.ts'

/** The nonces of RFC 9449 section 8, which follow from the keys and the time: none is kept. */
export interface Nonces {
  /** The one to use from now on. */
  current(): string
  /** Whether it was given out in the last five minutes, or by an instance whose clock is ahead. */
  accepts(nonce: unknown): boolean
}

/** In ms. */
const step = 60_000
const acceptedSteps = [0, -1, -2, -3, -4, 1] as const

/** How long a nonce may be used, in ms: its own step, those after it, and one for clocks that differ. */
export const nonceLife: number = acceptedSteps.length * step

export function createNonces(ring: KeyRing): Nonces {
  const ownKey = nonceKey(ring[0])
  const keys = ring.map(nonceKey)
  const presentStep = () => Math.floor(Date.now() / step)
  return {
    current: () => nonceOf(ownKey, presentStep()),
    accepts(nonce) {
      const present = presentStep()
      return keys.some((key) =>
        acceptedSteps.some((distance) => nonceOf(key, present + distance) === nonce),
      )
    },
  }
}

function nonceKey({ derive }: SealingKey): Uint8Array {
  return derive('dpop-nonce')
}

function nonceOf(key: Uint8Array, step: number): string {
  return createHmac('sha256', key).update(String(step)).digest().toString('base64url', 0, 16)
}
