// The READMEs say how large each library is: built again, it must be so.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { libraries } from '../size/libraries.ts'
import { type Measured, measure } from '../size/measure.ts'

/**
 * In kB: what is quoted is rounded to 0.1, and the brotli of another Node may come to some bytes more.
 */
const tolerance = 0.1

describe.each(libraries)('the size of $name', (library) => {
  let measured: Measured
  beforeAll(async () => {
    measured = await measure(library)
  })

  it('is what README.md quotes', () => {
    const [compressed] = quotedIn('README.md', library.name)
    expectClose(compressed, measured.compressed)
  })

  it('is what bench/README.md quotes', () => {
    const [minified, compressed] = quotedIn('bench/README.md', library.name)
    expectClose(minified, measured.minified)
    expectClose(compressed, measured.compressed)
  })
})

/** The figures in the first row of a table that begins with the name and has any. */
function quotedIn(file: string, name: string): number[] {
  const lines = readFileSync(join(import.meta.dirname, '../..', file), 'utf8').split('\n')
  const rows = lines.map((line) => line.split('|').map((cell) => cell.trim()))
  const row = rows.find(([, first, figure = '']) => first === name && /^\d/.test(figure))
  if (!row) throw new Error(`${file} quotes nothing for ${name}: see pnpm bench size.`)
  return row.slice(2).map(Number.parseFloat)
}

function expectClose(quoted: number | undefined, bytes: number): void {
  const now = bytes / 1000
  const isClose = quoted !== undefined && Math.abs(quoted - now) <= tolerance
  expect(isClose, `${quoted} kB is quoted, and it is ${now.toFixed(1)} kB: pnpm bench size`).toBe(
    true,
  )
}
