// What can be odd about a code, token or cookie that is otherwise a live one.
import fc from 'fast-check'
import type { Pieces } from './wallet.ts'

export interface Twist {
  readonly kind: keyof typeof kinds
  /** Where, from 0 to 1. */
  readonly at: number
  /** Which piece is twisted. */
  readonly name: keyof Pieces
  /** Another one, to stand in its place. */
  readonly other: keyof Pieces
}

export interface Holders {
  readonly own: Pieces
  /** Another app, with another key. */
  readonly foreign: Pieces
}

export const untwisted: Twist = { kind: 'as it is', at: 0, name: 'code', other: 'code' }

/** The piece of this name, twisted if it is the one. */
export function twisted(twist: Twist, name: keyof Pieces, holders: Holders): string {
  return twist.name === name ? kinds[twist.kind](holders, twist, name) : holders.own[name]()
}

type Kind = (holders: Holders, twist: Twist, name: keyof Pieces) => string

const kinds = {
  'as it is': ({ own }, _twist, name) => own[name](),
  'another app’s': ({ foreign }, _twist, name) => foreign[name](),
  'of another kind': ({ own }, { other }) => own[other](),
  'the upstream’s own': ({ own }, _twist, name) =>
    name === 'code' ? own.upstreamCode() : own.rawRefreshToken(),
  'with another character': ({ own }, { at }, name) =>
    changed(own[name](), at, (letter) => (letter === 'A' ? 'B' : 'A')),
  'with an odd character': ({ own }, { at }, name) => changed(own[name](), at, () => '\0'),
  'cut off': ({ own }, { at }, name) => {
    const value = own[name]()
    return value.slice(0, Math.floor(at * value.length))
  },
  doubled: ({ own }, _twist, name) => own[name]().repeat(2),
  'in parts': ({ own }, _twist, name) => own[name]().split('.').reverse().join('.'),
  'too long': ({ own }, _twist, name) => own[name]() + 'A'.repeat(8_000),
} satisfies Record<string, Kind>

function changed(value: string, at: number, change: (letter: string) => string): string {
  const place = Math.floor(at * value.length)
  return value.slice(0, place) + change(value.charAt(place)) + value.slice(place + 1)
}

const names = [
  'code',
  'refreshToken',
  'cookie',
  'state',
  'proof',
  'bearer',
  'upstreamCode',
  'rawRefreshToken',
] as const

export const twists: fc.Arbitrary<Twist> = fc.record({
  kind: fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[])),
  at: fc.nat({ max: 99 }).map((part) => part / 100),
  name: fc.constantFrom(...names),
  other: fc.constantFrom(...names),
})
