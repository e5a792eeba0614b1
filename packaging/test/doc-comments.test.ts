// What an editor shows on hover, from the files that are installed.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { compile } from './compile.ts'
import { type Entry, entriesOf } from './entries.ts'
import { openProject } from './project.ts'
import { type PublicTypes, readPublicTypes } from './public-names.ts'

let project: string
let published: readonly PublicTypes[]

beforeAll(async () => {
  project = await openProject('npm')
  published = readPublicTypes(await entriesOf(project))
})

it('is a sentence or more for each public name and each of its members', () => {
  const bare = published.flatMap(({ entry, names }) =>
    names
      // Every error has one.
      .filter(({ name, comment }) => comment === '' && !name.endsWith('.name'))
      .map(({ name }) => `${entry.specifier} ${name}`),
  )
  expect(bare).toEqual([])
})

describe('the examples', () => {
  it.each(['page', 'server'] as const)('compile, in a %s', async (surroundings) => {
    const folder = join(project, 'examples', surroundings)
    await mkdir(folder, { recursive: true })
    const here = published.filter(
      ({ entry }) => (entry.package === 'browser') === (surroundings === 'page'),
    )
    const examples = here.flatMap((each) =>
      each.examples.map((example) => ({ ...each, ...example })),
    )
    expect(examples.length).toBeGreaterThan(3)
    for (const [index, { entry, names, language, code }] of examples.entries()) {
      const file = join(folder, `${entry.package}-${index}.${language}`)
      await writeFile(file, withImports(code, entry, names))
    }
    await writeFile(join(folder, 'around.d.ts'), around[surroundings])
    const diagnosis = await compile({
      project,
      include: [folder],
      version: '7',
      moduleResolution: 'bundler',
      exactOptionalPropertyTypes: true,
      surroundings,
    })
    expect(diagnosis).toBe('')
  })
})

/** An example may leave out the import of what it explains. */
function withImports(code: string, { specifier }: Entry, names: PublicTypes['names']): string {
  const missing = names
    .map(({ name }) => name)
    .filter((name) => !name.includes('.') && new RegExp(`\\b${name}\\b`).test(code))
    .filter((name) => !new RegExp(`import [^;]*\\b${name}\\b[^;]* from`).test(code))
  return `import { ${missing.join(', ')} } from '${specifier}'\n${code}`
}

/** What the examples take for granted. */
const around = {
  page: `
    import type { Roambi } from '@roambi-auth/browser'
    import type * as React from 'react'
    declare global {
      const roambi: Roambi
      const button: HTMLButtonElement
      const cancelButton: HTMLButtonElement
      const show: (sentence: string) => void
      const useSyncExternalStore: typeof React.useSyncExternalStore
    }`,
  server: `
    import type { RoambiProxyOptions } from '@roambi-auth/proxy'
    import type { Sandbox } from '@roambi-auth/sandbox'
    import type { FastifyInstance } from 'fastify'
    declare global {
      const app: FastifyInstance
      const options: RoambiProxyOptions
      const sandbox: Sandbox
    }`,
}
