// What is published, and where it is in this repository.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

export type PackageName = 'browser' | 'proxy' | 'sandbox'

export const packageNames: readonly PackageName[] = ['browser', 'proxy', 'sandbox']

export const repository: string = join(import.meta.dirname, '../..')

/** Of a packed package. */
export function tarballOf(name: PackageName, workshop: string): string {
  const found = readdirSync(workshop).find((file) => file.startsWith(`roambi-auth-${name}-`))
  if (!found) throw new Error(`There is no tarball of ${name}.`)
  return join(workshop, found)
}

/** As far as the tests look at it. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
}
