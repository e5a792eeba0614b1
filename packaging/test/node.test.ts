// The packages on plain Node: on a server that renders pages, and where modules are required.
import { beforeAll, describe, expect, it } from 'vitest'
import { type Entry, entriesOf } from './entries.ts'
import { openProject } from './project.ts'
import { run } from './run.ts'

describe.each(['npm', 'pnpm'] as const)('installed by %s', (manager) => {
  let project: string
  let entries: readonly Entry[]
  beforeAll(async () => {
    project = await openProject(manager)
    entries = await entriesOf(project)
  })

  const node = (...args: string[]) => run(process.execPath, args, { cwd: project })

  // What keeps the program alive would keep the test waiting.
  it('each entry can be imported, prints nothing, leaves no global and lets the program end', async () => {
    for (const { specifier } of entries) {
      const lines = `
        const before = Object.getOwnPropertyNames(globalThis)
        const names = Object.keys(await import('${specifier}'))
        const globals = Object.getOwnPropertyNames(globalThis).filter((name) => !before.includes(name))
        console.log(JSON.stringify({ names, globals }))`
      const { names, globals } = JSON.parse(await node('--input-type=module', '--eval', lines))
      expect({ specifier, globals }).toEqual({ specifier, globals: [] })
      expect(names).not.toEqual([])
    }
  })

  it('each entry can be required', async () => {
    for (const { specifier } of entries) {
      const lines = `console.log(JSON.stringify(Object.keys(require('${specifier}'))))`
      const names = JSON.parse(await node('--input-type=commonjs', '--eval', lines))
      expect(names).not.toEqual([])
    }
  })
})
