import { overloaded, rateLimited } from '../http/errors.ts'

/** Remembers for a while what has been used, so that it is used once. */
export interface Once {
  /**
   * `false` when it was claimed before. Rejects with OAuthError when nothing more can be remembered, of
   * this owner or at all: to forget one that still counts would let it be used again.
   */
  claim(name: string, owner?: string): Promise<boolean>
}

export interface OnceOptions {
  /** How long a name is remembered, in ms. */
  readonly life: number
  /** How many are remembered. Default 100000. */
  readonly limit?: number
  /** How many are remembered of one owner, lest he take the place of all. Default: no limit. */
  readonly limitOfOwner?: number
  /**
   * Whether a claim of which nobody knows whether it was made is taken back, so that who was told to
   * come again can claim the same name. Default `false`.
   */
  readonly returnable?: boolean
}

/** In this process only. */
export function createOnce({
  life,
  limit = 100_000,
  limitOfOwner = Number.POSITIVE_INFINITY,
}: OnceOptions): Once {
  const claims = new Map<string, { readonly owner: string; readonly endsAt: number }>()
  const counts = new Map<string, number>()

  function forgetOld(now: number): void {
    for (const [key, { owner, endsAt }] of claims) {
      if (endsAt > now) return
      claims.delete(key)
      const left = (counts.get(owner) ?? 0) - 1
      if (left > 0) counts.set(owner, left)
      else counts.delete(owner)
    }
  }

  return {
    async claim(name, owner = '') {
      const now = Date.now()
      forgetOld(now)
      const key = `${owner} ${name}`
      if (claims.has(key)) return false
      const count = counts.get(owner) ?? 0
      if (count >= limitOfOwner) throw rateLimited(Math.ceil(life / 1000))
      if (claims.size >= limit) throw overloaded()
      claims.set(key, { owner, endsAt: now + life })
      counts.set(owner, count + 1)
      return true
    },
  }
}
