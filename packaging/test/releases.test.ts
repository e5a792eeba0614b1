// What `changeset` makes of the repository, tried on a copy of all that it looks at.
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { beforeEach, expect, inject, it } from 'vitest'
import { packageNames, repository } from './packages.ts'
import { run } from './run.ts'

const changeset = createRequire(import.meta.url).resolve('@changesets/cli/bin.js')
let copy: string

beforeEach(async () => {
  copy = await mkdtemp(join(inject('workshop'), 'repository-'))
  const tracked = await run('git', ['ls-files'], { cwd: repository })
  const kept = tracked
    .split('\n')
    .filter((file) => /(^|\/)package\.json$|^pnpm-|^\.changeset\//.test(file))
  for (const file of kept) {
    await mkdir(dirname(join(copy, file)), { recursive: true })
    await cp(join(repository, file), join(copy, file))
  }
  await git('init', '--quiet', '--initial-branch=main')
  await git('add', '.')
  await git('-c', 'user.name=A', '-c', 'user.email=a@example.com', 'commit', '--quiet', '-m', 'All')
})

const git = (...args: string[]) => run('git', args, { cwd: copy })

it('can read the notes that wait for a release', async () => {
  await run(process.execPath, [changeset, 'status', '--output=status.json'], { cwd: copy })
  const plan: Plan = JSON.parse(await readFile(join(copy, 'status.json'), 'utf8'))
  const releases = plan.releases.filter(({ type }) => type !== 'none')
  expect(releases.filter(({ name }) => !published.includes(name))).toEqual([])
  expect(new Set(releases.map(({ newVersion }) => newVersion)).size).toBeLessThanOrEqual(1)
})

interface Plan {
  readonly releases: readonly { name: string; type: string; newVersion: string }[]
}

it('gives all three the next minor version for what is new in one of them', async () => {
  const [, before] = await versions()
  await rm(join(copy, '.changeset'), { recursive: true })
  await cp(join(repository, '.changeset/config.json'), join(copy, '.changeset/config.json'))
  const note = `---\n'@roambi-auth/sandbox': minor\n---\n\nSomething new.\n`
  await writeFile(join(copy, '.changeset/new.md'), note)
  await run(process.execPath, [changeset, 'version'], { cwd: copy })
  const [major, minor] = String(before).split('.').map(Number)
  const next = `${major}.${Number(minor) + 1}.0`
  expect(await versions()).toEqual([next, next, next])
})

const published = packageNames.map((name) => `@roambi-auth/${name}`)

function versions(): Promise<string[]> {
  const each = packageNames.map(async (name) => {
    const manifest = await readFile(join(copy, 'packages', name, 'package.json'), 'utf8')
    return JSON.parse(manifest).version
  })
  return Promise.all(each)
}
