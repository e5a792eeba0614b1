// What an app has not asked for is not in its bundle.
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { bundlers } from './bundlers.ts'
import { openProject } from './project.ts'

/** Words that each alone has, and that no bundler can shorten. */
const ofKy = 'X-RateLimit-Retry-After'
const ofClient = 'code_verifier'
const ofCallback = 'Nobody is waiting for this sign-in.'

describe.each(Object.entries(bundlers))('%s', (_name, bundle) => {
  let project: string
  beforeAll(async () => {
    project = await openProject('npm')
  })

  /** All that it makes of a line. */
  async function bundled(line: string): Promise<string> {
    const part = await mkdtemp(join(project, 'part-'))
    await writeFile(join(part, 'part.js'), line)
    const folder = join(part, 'bundle')
    await bundle({ project, scripts: { part: join(part, 'part.js') }, folder })
    const files = await readdir(folder, { recursive: true, withFileTypes: true })
    const scripts = files.filter(({ name }) => name.endsWith('.js'))
    return (
      await Promise.all(
        scripts.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')),
      )
    ).join('')
  }

  it('makes of the client all of it, but not the callback page', async () => {
    const text = await bundled(
      `import { createRoambi } from '@roambi-auth/browser'; console.log(createRoambi({}))`,
    )
    expect(text).toContain(ofKy)
    expect(text).toContain(ofClient)
    expect(text).not.toContain(ofCallback)
  })

  it('makes of the callback page no client, and no ky', async () => {
    const text = await bundled(
      `import { handleCallback } from '@roambi-auth/browser/callback'; handleCallback()`,
    )
    expect(text).toContain(ofCallback)
    expect(text).not.toContain(ofKy)
    expect(text).not.toContain(ofClient)
  })

  it('makes of the error alone no client, and no ky', async () => {
    const text = await bundled(
      `import { RoambiAuthError } from '@roambi-auth/browser'; console.log(RoambiAuthError)`,
    )
    expect(text).toContain('RoambiAuthError')
    expect(text).not.toContain(ofKy)
    expect(text).not.toContain(ofClient)
  })

  it('makes nothing of an import that nobody uses', async () => {
    const text = await bundled(
      `import { createRoambi } from '@roambi-auth/browser'; console.log('nothing else')`,
    )
    expect(text).toContain('nothing else')
    expect(text.length).toBeLessThan(200)
  })
})
