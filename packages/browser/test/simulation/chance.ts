/** Numbers that look random, and are the same for the same seed. */
export interface Chance {
  /** From 0 to 1. */
  random(): number
  between(least: number, most: number): number
  /** True in so many of all cases, from 0 to 1. */
  is(share: number): boolean
  of<T>(choices: readonly T[]): T
}

/** The choice at `place`, which goes from 0 to 1. */
export function oneOf<T>(choices: readonly T[], place: number): T | undefined {
  return choices[Math.floor(place * choices.length)]
}

export function createChance(seed: number): Chance {
  let state = seed >>> 0

  // Mulberry32.
  function random(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  return {
    random,
    between: (least, most) => least + random() * (most - least),
    is: (share) => random() < share,
    of: (choices) => choices[Math.floor(random() * choices.length)] as (typeof choices)[number],
  }
}
