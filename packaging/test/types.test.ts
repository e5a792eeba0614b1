// The types, as compilers of several versions find them in a user's project.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Compilation, compile, type TypeScriptVersion } from './compile.ts'
import { entriesOf } from './entries.ts'
import { type Manager, openProject } from './project.ts'

type Variant = readonly [
  version: TypeScriptVersion,
  moduleResolution: Compilation['moduleResolution'],
  optionalProperties: 'exact' | 'loose',
]

describe.each<{ manager: Manager; variants: readonly Variant[] }>([
  {
    manager: 'npm',
    variants: [
      ['5.9', 'nodenext', 'loose'],
      ['6.0', 'bundler', 'exact'],
      // The whole of it with the one that takes a fraction of the others' time.
      ['7', 'bundler', 'exact'],
      ['7', 'bundler', 'loose'],
      ['7', 'nodenext', 'exact'],
      ['7', 'nodenext', 'loose'],
    ],
  },
  {
    manager: 'pnpm',
    variants: [
      ['7', 'bundler', 'loose'],
      ['7', 'nodenext', 'exact'],
    ],
  },
])('installed by $manager', ({ manager, variants }) => {
  let project: string
  beforeAll(async () => {
    project = await openProject(manager)
  })

  it.each(variants)(
    'they satisfy TypeScript %s with moduleResolution %s and %s optional properties',
    async (version, moduleResolution, optionalProperties) => {
      const exactOptionalPropertyTypes = optionalProperties === 'exact'
      const options = { project, version, moduleResolution, exactOptionalPropertyTypes }
      expect(await compile({ ...options, surroundings: 'page', include: ['app/src'] })).toBe('')
      expect(await compile({ ...options, surroundings: 'server', include: ['server'] })).toBe('')
    },
  )
})

it('are tried by a program for each entry', async () => {
  const project = await openProject('npm')
  const folders = ['app/src', 'server'].map((folder) => join(project, folder))
  const files = folders.map(async (folder) => {
    const names = await readdir(folder)
    return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  })
  const texts = (await Promise.all(files)).flat()
  const entries = await entriesOf(project)
  const untried = entries.filter(({ specifier }) =>
    texts.every((text) => !text.includes(`from '${specifier}'`)),
  )
  expect(untried).toEqual([])
})
