// The README says which test stands for which complaint: it must not say what is not true.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8')

const [, section = ''] = read('../README.md').split(
  '## What people complain about in such proxies\n',
)
const complaints = [
  ...(section.split('\n## ')[0] ?? '').matchAll(/^\| (\d+)\. (.+?) +\| (.+?) +\| (.+?) +\|$/gm),
].map(([, number, complaint = '', answer = '', tests = '']) => ({
  number: Number(number),
  complaint,
  answer,
  tests: tests
    .split('; `')
    .map((each) => /^`?([\w-]+)`: (.+)$/.exec(each))
    .map((found) => ({ file: `${found?.[1]}.test.ts`, title: found?.[2] })),
}))

test('all fifteen are answered', () => {
  expect(complaints.map(({ number }) => number)).toEqual(
    Array.from({ length: 15 }, (_, index) => index + 1),
  )
})

test.each(complaints)('$number. $complaint: the test is there', ({ tests }) => {
  for (const { file, title } of tests) expect(titlesIn(file), file).toContain(title)
})

/** What a test file gives its functions as a first argument: all titles, and little else. */
function titlesIn(file: string): (string | undefined)[] {
  const titles = read(file).matchAll(/\(\s*('|"|`)((?:(?!\1)[^\\\n]|\\.)+)\1,\s/g)
  return [...titles].map(([, , title]) => title)
}
