// The project of somebody who uses the packages: the tarballs, and the rest from the registry.
import { existsSync } from 'node:fs'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inject } from 'vitest'
import { packageNames, tarballOf } from './packages.ts'
import { pnpm, run } from './run.ts'

export type Manager = 'npm' | 'pnpm'

/** Gives its folder. Made by the first test that asks, kept for those after it. */
export async function openProject(manager: Manager): Promise<string> {
  const workshop = inject('workshop')
  const folder = join(workshop, manager)
  const isReady = join(folder, 'ready')
  if (existsSync(isReady)) return folder
  await mkdir(folder, { recursive: true })
  const tarballs = packageNames.map((name) => [
    `@roambi-auth/${name}`,
    `file:${tarballOf(name, workshop)}`,
  ])
  const manifest = {
    name: 'portals',
    version: '1.0.0',
    private: true,
    type: 'module',
    dependencies: { ...Object.fromEntries(tarballs), ...others },
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, null, 2))
  for (const part of ['app', 'server']) {
    await cp(join(import.meta.dirname, '..', part), join(folder, part), { recursive: true })
  }
  await run(...install[manager], { cwd: folder })
  await writeFile(isReady, '')
  return folder
}

/** What its own programs import beside the packages. */
const others = {
  '@types/node': '^20.19.0',
  '@types/react': '^19.0.0',
  '@types/react-dom': '^19.0.0',
  fastify: '^5.0.0',
  'prom-client': '^15.0.0',
  react: '^19.0.0',
  'react-dom': '^19.0.0',
  vite: '^8.0.0',
}

// What is in the cache already is not asked for again.
const install: Record<Manager, [command: string, args: string[]]> = {
  npm: ['npm', ['install', '--prefer-offline', '--no-audit', '--no-fund']],
  pnpm: pnpm('install', '--prefer-offline'),
}
