/** All that no log and no Redis may hold in the clear. */
export interface Secrets {
  /** Remembers a secret of 31 characters or more, whose last 31 are random. */
  add(secret: string | undefined): void
  /** How many are known. */
  readonly size: number
  /** Which of them stand in a text, in any order. */
  findIn(text: string): string[]
}

// What holds the last 31 characters of a secret holds one of its sixteen pieces at a multiple of 16:
// so that a text is gone through in such steps, and megabytes are looked through for thousands of
// secrets in no time. The last, because all that one key has sealed begins with the same words.
const step = 16
const tail = 2 * step - 1

export function createSecrets(): Secrets {
  const secretOfPiece = new Map<string, string>()
  const secrets = new Set<string>()
  return {
    get size() {
      return secrets.size
    },

    add(secret) {
      if (!secret || secrets.has(secret)) return
      if (secret.length < tail) throw new Error('This is too short to be looked for.')
      secrets.add(secret)
      const end = secret.slice(-tail)
      for (let at = 0; at < step; at += 1) secretOfPiece.set(end.slice(at, at + step), secret)
    },

    findIn(text) {
      const found = new Set<string>()
      for (let at = 0; at < text.length; at += step) {
        const secret = secretOfPiece.get(text.slice(at, at + step))
        if (secret && text.includes(secret.slice(-tail))) found.add(secret)
      }
      return [...found]
    },
  }
}
