// The types, as compilers of several versions find them in a user's project.
import { beforeAll, describe, expect, it } from 'vitest'
import { type Compilation, compile, type TypeScriptVersion } from './compile.ts'
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
