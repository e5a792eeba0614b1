import { createHash } from 'node:crypto'
import type { SharedRedis } from './redis.ts'

/** The sign-ins that were ended before their time. Both reject with OAuthError without Redis. */
export interface DenyList {
  /** @param until when the last of its refresh tokens ends, in s since 1970 */
  deny(signIn: string, until: number): Promise<void>
  isDenied(signIn: string): Promise<boolean>
}

/** It fails closed: who can't be looked up is not let in. */
export function createDenyList(redis: SharedRedis): DenyList {
  return {
    async deny(signIn, until) {
      const life = Math.max(1, until * 1000 - Date.now() + clockSkew)
      await redis.run('deny', (connection) => connection.set(keyOf(signIn), '', 'PX', life))
    },
    async isDenied(signIn) {
      return (await redis.run('deny', (connection) => connection.exists(keyOf(signIn)))) === 1
    },
  }
}

/**
 * Names a sign-in, of which each refresh token has Roambi's code in it: with one, all that came
 * before and after it are denied.
 */
export function signInOf(clientId: string, { code }: { readonly code: string }): string {
  return createHash('sha256').update(`${clientId} ${code}`).digest('base64url')
}

const keyOf = (signIn: string) => `deny:${signIn}`

/** Another instance's clock may be behind, in ms. */
const clockSkew = 60_000
