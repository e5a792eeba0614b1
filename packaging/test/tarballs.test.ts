// What a user gets, file by file.
import { mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { type Manifest, type PackageName, packageNames, repository, tarballOf } from './packages.ts'
import { run } from './run.ts'

const kilobyte = 1000

describe.each<[name: PackageName, limit: number]>([
  ['browser', 150 * kilobyte],
  ['proxy', 250 * kilobyte],
  ['sandbox', 75 * kilobyte],
])('the tarball of %s', (name, limit) => {
  const tarball = tarballOf(name, inject('workshop'))
  const folder = join(inject('workshop'), 'unpacked', name)
  let files: string[]
  let manifest: Manifest
  const read = (file: string) => readFile(join(folder, file), 'utf8')

  beforeAll(async () => {
    await mkdir(folder, { recursive: true })
    await run('tar', ['-xzf', tarball, '--strip-components=1'], { cwd: folder })
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    files = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => posix.relative(folder, join(parentPath, name)))
    manifest = JSON.parse(await read('package.json'))
  })

  it('has the source, what is built of it, and nothing else', async () => {
    const source = await sourceOf(name)
    const built = source.flatMap((file) => outputsOf(file.replace(/\.tsx?$/, '')))
    const chunks = await chunksOf(files, read)
    const texts = ['package.json', 'README.md', 'LICENSE']
    const allowed = [...texts, 'CHANGELOG.md', ...source, ...built, ...chunks]
    expect(files.filter((file) => !allowed.includes(file))).toEqual([])
    expect([...texts, ...source].filter((file) => !files.includes(file))).toEqual([])
  })

  it(`is smaller than ${limit / kilobyte} kB`, async () => {
    const { size } = await stat(tarball)
    console.info(`${name}: ${size} bytes, ${files.length} files`)
    expect(size).toBeLessThan(limit)
  })

  it('says nothing about this repository that is of no use outside of it', async () => {
    const text = JSON.stringify(manifest)
    expect(text).not.toMatch(/workspace:|catalog:|"private"/)
    expect(manifest).toMatchObject({
      license: 'MIT',
      type: 'module',
      publishConfig: { access: 'public' },
    })
  })

  it('has each file that package.json names', () => {
    const named = Object.values(manifest.exports).flatMap((conditions) => Object.values(conditions))
    named.push(...Object.values(manifest.bin ?? {}))
    expect(named.length).toBeGreaterThan(2)
    expect(named.filter((file) => !files.includes(posix.normalize(file)))).toEqual([])
  })

  it('knows no path of this machine, and no secret', async () => {
    const paths = [repository, homedir(), '/home/', '/Users/']
    const secrets = ['-----BEGIN', '_authToken']
    for (const file of files) {
      const text = await read(file)
      const found = [...paths, ...secrets].filter((word) => text.includes(word))
      expect({ file, found }).toEqual({ file, found: [] })
    }
  })

  it('has maps that lead to source that is there', async () => {
    const maps = files.filter((file) => file.endsWith('.map'))
    expect(maps.filter((file) => file.endsWith('.js.map'))).not.toEqual([])
    expect(maps.filter((file) => file.endsWith('.d.ts.map'))).not.toEqual([])
    for (const file of maps) {
      expect(await read(file.slice(0, -'.map'.length))).toContain(`=${posix.basename(file)}`)
      const { sources } = JSON.parse(await read(file)) as { sources: string[] }
      const found = sources.map((source) => posix.join(dirname(file), source))
      expect(found.filter((source) => !files.includes(source))).toEqual([])
    }
  })
})

it('is one for each package that is published', async () => {
  const folders = await readdir(join(repository, 'packages'))
  expect(folders.sort()).toEqual([...packageNames].sort())
})

async function sourceOf(name: PackageName): Promise<string[]> {
  const names = await readdir(join(repository, 'packages', name, 'src'), { recursive: true })
  return names.filter((file) => /\.tsx?$/.test(file)).map((file) => `src/${file}`)
}

function outputsOf(root: string): string[] {
  const output = root.replace(/^src/, 'dist')
  return ['.js', '.js.map', '.d.ts', '.d.ts.map'].map((ending) => output + ending)
}

/** What several entries have in common: files that a bundler has named, and that one of them imports. */
async function chunksOf(
  files: readonly string[],
  read: (file: string) => Promise<string>,
): Promise<string[]> {
  const texts = await Promise.all(
    files.filter((file) => /^dist\/.*\.js$/.test(file)).map((file) => read(file)),
  )
  const imported = texts.flatMap((text) => [...text.matchAll(/from ?"\.\/([^"]+\.js)"/g)])
  return imported.flatMap(([, chunk]) => [`dist/${chunk}`, `dist/${chunk}.map`])
}
