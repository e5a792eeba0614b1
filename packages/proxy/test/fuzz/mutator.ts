// Changes bytes, whatever they mean.
import fc from 'fast-check'

export interface Mutation {
  readonly what: keyof typeof operations
  /** Where, from 0 to 1. */
  readonly at: number
  /** How much, from 0 to 1: most often a little. */
  readonly size: number
  readonly magic: string
}

/** @param other what pieces are taken from */
export function mutate(bytes: Buffer, mutations: readonly Mutation[], other: Buffer): Buffer {
  return mutations.reduce((changed, { what, at, size, magic }) => {
    const from = Math.floor(at * changed.length)
    const to = Math.min(changed.length, from + 1 + Math.floor(size ** 4 * changed.length))
    return operations[what](changed, from, to, { other, magic: Buffer.from(magic, 'latin1') })
  }, bytes)
}

interface Ingredients {
  readonly other: Buffer
  readonly magic: Buffer
}

type Operation = (bytes: Buffer, from: number, to: number, ingredients: Ingredients) => Buffer

const replace = (bytes: Buffer, from: number, to: number, ...middle: Buffer[]) =>
  Buffer.concat([bytes.subarray(0, from), ...middle, bytes.subarray(to)])

const operations = {
  flip(bytes, from) {
    const changed = Buffer.from(bytes)
    changed[from] = (changed[from] ?? 0) ^ (1 << (from % 8))
    return changed
  },
  insert: (bytes, from, _to, { magic }) => replace(bytes, from, from, magic),
  overwrite: (bytes, from, _to, { magic }) => replace(bytes, from, from + magic.length, magic),
  delete: (bytes, from, to) => replace(bytes, from, to),
  truncate: (bytes, from) => bytes.subarray(0, from),
  repeat: (bytes, from, to) =>
    replace(
      bytes,
      to,
      to,
      ...Array<Buffer>(1 + (from % 5) ** 4).fill(bytes.subarray(from, Math.min(to, from + 40))),
    ),
  splice: (bytes, from, to, { other }) =>
    replace(bytes, from, from, other.subarray(from % other.length, to)),
  'go on as another': (bytes, from, _to, { other }) =>
    Buffer.concat([bytes.subarray(0, from), other.subarray(from % other.length)]),
  'change case': (bytes, from, to) =>
    replace(
      bytes,
      from,
      to,
      Buffer.from(bytes.toString('latin1', from, to).toUpperCase(), 'latin1'),
    ),
  'drop a line': (bytes, from) => inLines(bytes, from, () => []),
  'repeat a line': (bytes, from) => inLines(bytes, from, (line) => [line, line]),
  'bring a line': (bytes, from, _to, { other }) =>
    inLines(bytes, from, (line) => [line, ...linesOf(other).slice(from % 7, (from % 7) + 1)]),
} satisfies Record<string, Operation>

function inLines(bytes: Buffer, from: number, change: (line: string) => readonly string[]): Buffer {
  const lines = linesOf(bytes)
  const place = from % lines.length
  const changed = lines.flatMap((line, index) => (index === place ? change(line) : [line]))
  return Buffer.from(changed.join(''), 'latin1')
}

function linesOf(bytes: Buffer): string[] {
  return bytes.toString('latin1').match(/[^\n]*\n|[^\n]+$/g) ?? ['']
}

// Bytes, one character each.
const magics = [
  ...'\0\t\n\r "#%&+,./:;=?@\\_{}\x7f\x80\xe9\xff',
  '\r\n',
  '\r\n\r\n',
  '%00',
  '%2e',
  '%2f',
  '%5c',
  '%zz',
  '/../',
  '..;/',
  '//',
  '\r\n ',
  '\xc3\xa9',
  '\xf0\x9f\x98\x80',
  '\xc0\xae',
  '\xef\xbb\xbf',
  'a'.repeat(5_000),
  '%'.repeat(500),
  '='.repeat(2_000),
  'Content-Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Expect: 100-continue\r\n',
  'Expect: x\r\n',
  'Connection: close\r\n',
  'Upgrade: websocket\r\nConnection: Upgrade\r\n',
  '\r\n\r\nGET /1/user HTTP/1.1\r\nHost: x\r\n\r\n',
  '\r\n0\r\n\r\n',
  'HTTP/1.0',
  'HEAD ',
  'OPTIONS ',
  '-1',
  '18446744073709551616',
]

export const mutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.record({
    what: fc.constantFrom(...(Object.keys(operations) as (keyof typeof operations)[])),
    at: fraction(),
    size: fraction(),
    magic: fc.constantFrom(...magics),
  }),
  { minLength: 1, maxLength: 3 },
)

function fraction(): fc.Arbitrary<number> {
  return fc.nat({ max: 9_999 }).map((part) => part / 10_000)
}
