// Packs the three packages once, before all tests, into a folder that goes when they are over.
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { packageNames, repository } from './packages.ts'
import { pnpm, run } from './run.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder for all that the tests make; the tarballs are in it. */
    workshop: string
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const workshop = await mkdtemp(join(tmpdir(), 'roambi-auth-packaging-'))
  const packages = ['--recursive', '--filter', './packages/*']
  if (await isAnyStale()) await run(...pnpm(...packages, 'run', 'build'), { cwd: repository })
  const pack = [...packages, 'pack', '--pack-destination', workshop]
  await run(...pnpm(...pack), { cwd: repository })
  project.provide('workshop', workshop)
  return () => rm(workshop, { recursive: true, force: true })
}

/** Whether a package has something that is newer than what has been built of it. */
async function isAnyStale(): Promise<boolean> {
  const stale = packageNames.map(async (name) => {
    const folder = join(repository, 'packages', name)
    const built = await timesOf(folder, ['dist'])
    const source = ['src', 'package.json', 'tsconfig.build.json', 'vite.config.ts']
    return built.length === 0 || Math.max(...(await timesOf(folder, source))) > Math.min(...built)
  })
  return (await Promise.all(stale)).includes(true)
}

async function timesOf(folder: string, paths: readonly string[]): Promise<number[]> {
  const files = (await readdir(folder, { recursive: true })).filter((file) =>
    paths.some((path) => file === path || file.startsWith(`${path}/`)),
  )
  const stats = await Promise.all(files.map((file) => stat(join(folder, file))))
  return stats.filter((each) => each.isFile()).map(({ mtimeMs }) => mtimeMs)
}
