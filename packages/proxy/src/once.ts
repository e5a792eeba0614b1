import { unavailable } from './errors.ts'

/** Remembers for a while what has been used, so that it is used once. In this process only. */
export interface Once {
  /** `false` when it was claimed before. Throws OAuthError when nothing more can be remembered. */
  claim(name: string): boolean
}

/** @param life how long a name is remembered, in ms */
export function createOnce(life: number, limit = 100_000): Once {
  const claimed = new Map<string, number>()

  function forgetOld(now: number): void {
    for (const [name, endsAt] of claimed) {
      if (endsAt > now) return
      claimed.delete(name)
    }
  }

  return {
    claim(name) {
      const now = Date.now()
      forgetOld(now)
      if (claimed.has(name)) return false
      // To forget one that still counts would let it be used again.
      if (claimed.size >= limit) throw unavailable()
      claimed.set(name, now + life)
      return true
    },
  }
}
