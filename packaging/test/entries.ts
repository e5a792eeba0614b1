// What can be imported from a package, as it is installed in a project.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Manifest, type PackageName, packageNames } from './packages.ts'

export interface Entry {
  readonly package: PackageName
  /** As it is imported, such as `@roambi-auth/browser/callback`. */
  readonly specifier: string
  /** What is run, and what tells its types. */
  readonly file: string
  readonly types: string
}

export async function entriesOf(project: string): Promise<readonly Entry[]> {
  const each = packageNames.map(async (name) => {
    const folder = join(project, 'node_modules/@roambi-auth', name)
    const manifest: Manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    return Object.entries(manifest.exports).map(([path, { default: file = '', types = '' }]) => ({
      package: name,
      specifier: join(manifest.name, path),
      file: join(folder, file),
      types: join(folder, types),
    }))
  })
  return (await Promise.all(each)).flat()
}
