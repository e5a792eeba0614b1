// What an editor shows on hover, from the files that are installed.
import { expect, it } from 'vitest'
import { entriesOf } from './entries.ts'
import { openProject } from './project.ts'
import { readPublicNames } from './public-names.ts'

it('is a sentence or more for each public name and each of its members', async () => {
  const entries = await entriesOf(await openProject('npm'))
  const names = readPublicNames(entries)
  expect(new Set(names.map(({ specifier }) => specifier)).size).toBe(entries.length)
  const bare = names
    // Every error has one.
    .filter(({ name, comment }) => comment === '' && !name.endsWith('.name'))
    .map(({ specifier, name }) => `${specifier} ${name}`)
  expect(bare).toEqual([])
})
