// What a sign-in adds to an app: the same little app, with each library.

import { tableOf } from '../table.ts'
import { libraries } from './libraries.ts'
import { type Measured, measure } from './measure.ts'

export async function run(): Promise<void> {
  const measured: Measured[] = []
  for (const library of libraries) measured.push(await measure(library))
  console.log(`${sizeTable(measured)}\n`)
}

function sizeTable(measured: readonly Measured[]): string {
  return tableOf(
    ['', 'min, kB', 'min + brotli, kB', ''],
    measured.map(({ name, minified, compressed, note }) => [
      name,
      kilobytes(minified),
      kilobytes(compressed),
      note,
    ]),
  )
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1)
}
