// @vitest-environment node
// SCENARIOS.md says which test stands for which case: it must not say what is not true.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const here = import.meta.dirname
const root = join(here, '../../..')

/** Number, words, tests, and where they run. */
const scenarios = [
  ...readFileSync(join(here, 'SCENARIOS.md'), 'utf8').matchAll(
    /^## (\d+)\. (.+)\n\n((?:- .+\n(?: {2}.+\n)*)+)\nIn (.+)\.$/gm,
  ),
].map(([, number = '', words = '', tests = '', where = '']) => ({
  number: Number(number),
  words,
  where: where.split(', '),
  tests: [...tests.matchAll(/^- `(.+?)`: (.+)$/gm)].map(
    ([, file = '', title = '']): [file: string, title: string] => [file, title],
  ),
}))

it('are all there', () => {
  expect(scenarios.map(({ number }) => number)).toEqual(
    Array.from({ length: 57 }, (_, index) => index + 1),
  )
})

it.each(scenarios)('$number: each test is there, and runs where it says', ({ tests, where }) => {
  expect(tests.length).toBeGreaterThan(0)
  for (const [file, title] of tests) expect(titlesIn(file), file).toContain(title)
  const found = new Set(tests.flatMap(([file]) => placesOf(file)))
  expect(where).toEqual(places.filter((place) => found.has(place)))
})

const places = ['happy-dom', 'node', 'simulation', 'Chromium', 'Firefox', 'WebKitGTK']

function placesOf(file: string): string[] {
  if (file === 'simulation.test.ts') return ['simulation']
  const source = read(file)
  if (source.includes('describeInEachEngine')) return ['Chromium', 'Firefox', 'WebKitGTK']
  if (source.includes("inject('chromium')")) return ['Chromium']
  return [source.includes('@vitest-environment node') ? 'node' : 'happy-dom']
}

/** What a test file gives its functions as a first argument: all titles, and little else. */
function titlesIn(file: string): string[] {
  const titles = read(file).matchAll(/\(\s*('|"|`)((?:(?!\1)[^\\\n]|\\.)+)\1,\s/g)
  return [...titles].map(([, , title = '']) => title)
}

function read(file: string): string {
  return readFileSync(join(file.includes('/') ? root : here, file), 'utf8')
}
