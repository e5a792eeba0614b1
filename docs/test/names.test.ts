// Names in the docs that the code decides on: error codes, variables of the environment.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { variableNames } from '../../packages/proxy/src/program/environment.ts'
import { settingsHelp } from '../../packages/sandbox/src/program-settings.ts'
import { pageAt, pages, root } from './markdown.ts'

test('errors.md has each code of RoambiAuthErrorCode and of login(), once, and no other', () => {
  const [, union = ''] = /type RoambiAuthErrorCode =\n(.*?)\n\n/s.exec(read('errors.ts')) ?? []
  const thrown = /@throws [^\n]*popup_blocked.*?\*\//s.exec(read('client.ts'))?.[0] ?? ''
  const codes = [
    ...[...union.matchAll(/'(\w+)'/g)].map(([, code]) => code),
    ...[...thrown.matchAll(/`(\w+)`/g)].map(([, code]) => code),
  ]
  const rows = [...pageAt('docs/errors.md').text.matchAll(/^\| `(\w+)` +\|/gm)]
  expect(rows.map(([, code]) => code).sort()).toEqual([...new Set(codes)].sort())
})

test('each variable that a page names is read by something', () => {
  const sandbox = settingsHelp().match(/\b[A-Z]+_[A-Z_]+\b/g) ?? []
  const known = new Set([...variableNames, 'PROXY_CONFIG', ...sandbox, ...ofExamples])
  const named = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/\b(?:PROXY|ROAMBI|SANDBOX|VITE|REDIS|METRICS)_[A-Z_]+\b/g)].map(
      ([name]) => `${path}: ${name}`,
    ),
  )
  expect(named.filter((each) => !known.has(each.split(': ')[1] ?? ''))).toEqual([])
})

const ofExamples = [
  // Of `pnpm start` and the examples.
  ...['SANDBOX_PORT', 'PROXY_PORT'],
  // Of the page, by the Vite plugin or a build.
  ...['VITE_ROAMBI_CLIENT_ID', 'VITE_ROAMBI_PROXY_URL'],
  // What never to do.
  'VITE_ROAMBI_CLIENT_SECRET',
]

function read(file: string): string {
  return readFileSync(join(root, 'packages/browser/src', file), 'utf8')
}
