// The two programs: by `npx` in a folder where nothing else is, and installed, as a supervisor starts them.
import { mkdir, mkdtemp, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { type PackageName, tarballOf } from './packages.ts'
import { startProgram } from './program.ts'
import { openProject } from './project.ts'
import { run } from './run.ts'

const workshop = inject('workshop')

interface Case {
  readonly name: PackageName
  /** What it must be told. */
  readonly env: Record<string, string>
  readonly helps: string
  readonly listens: RegExp
  readonly answers: [path: string, body: unknown]
  /** A wrong setting, and what it says to that. */
  readonly wrong: Record<string, string>
  readonly sentence: string
}

describe.each<Case>([
  {
    name: 'proxy',
    env: {
      ROAMBI_CLIENT_ID: '3d7c',
      ROAMBI_CLIENT_SECRET: 'secret',
      PROXY_PUBLIC_URL: 'https://auth.example.com',
      PROXY_REDIRECT_URIS: 'https://app.example.com/callback.html',
      PROXY_ALLOWED_ORIGINS: 'https://app.example.com',
      PORT: '0',
    },
    helps: 'roambi-proxy --check',
    listens: /listening at (http:[^"]+)/,
    answers: ['/healthz', { status: 'ok' }],
    wrong: { PROXY_PUBLIC_URL: 'auth.example.com' },
    sentence: 'PROXY_PUBLIC_URL must be an origin',
  },
  {
    name: 'sandbox',
    env: { PORT: '0' },
    helps: '--token-lifetime',
    listens: /listens on (http:\S+)/,
    answers: ['/sandbox', expect.objectContaining({ tokenRequests: 0 })],
    wrong: { SANDBOX_ROTATION: 'weekly' },
    sentence: 'SANDBOX_ROTATION (--rotation) must be off, lenient or strict.',
  },
])('npx @roambi-auth/$name', ({ name, env, helps, listens, answers, wrong, sentence }) => {
  const tarball = tarballOf(name, workshop)
  let cache: string
  let folder: string
  beforeAll(async () => {
    cache = await openNpmCache()
    folder = await mkdtemp(join(workshop, 'empty-'))
    // What it installs, it installs once.
    expect(await start(['--version']).exit).toBe(0)
  })

  function start(args: string[], variables: Record<string, string> = {}) {
    const env = { npm_config_cache: cache, ...variables }
    return startProgram('npx', ['--yes', '--prefer-offline', `file:${tarball}`, ...args], {
      cwd: folder,
      env,
    })
  }

  it('helps, and tells its version', async () => {
    const [help, version] = [start(['--help']), start(['--version'])]
    expect([await help.exit, await version.exit]).toEqual([0, 0])
    expect(help.printed()).toContain(helps)
    // npm may have had something to say before.
    expect(tarball).toContain(`-${version.printed().trim().split('\n').at(-1)}.tgz`)
  })

  it('starts, answers, and ends at Ctrl-C with all that belongs to it', async () => {
    const program = start([], env)
    onTestFinished(program.kill)
    const url = await program.prints(listens)
    await seeAnswer(url)
    program.interrupt()
    await program.exit
    await expect(fetch(url)).rejects.toThrow()
  })

  // `npx` itself hands the signal to nobody.
  it('ends with 0 at SIGTERM where it is started without npx', async () => {
    const project = await openProject('npm')
    const program = startProgram(join(project, `node_modules/.bin/roambi-${name}`), [], {
      cwd: folder,
      env,
    })
    onTestFinished(program.kill)
    await seeAnswer(await program.prints(listens))
    program.terminate()
    expect(await program.exit).toBe(0)
  })

  async function seeAnswer(url: string): Promise<void> {
    const [path, body] = answers
    expect(await (await fetch(url + path)).json()).toEqual(body)
  }

  it('ends with 1 and a sentence at a wrong setting', async () => {
    const program = start([], { ...env, ...wrong })
    expect(await program.exit).toBe(1)
    expect(program.printed()).toContain(sentence)
    expect(program.printed()).not.toMatch(/^\s+at /m)
  })
})

/** The user's own cache of what comes from the registry, and a place for `npx` that goes with the test. */
async function openNpmCache(): Promise<string> {
  const [users] = (await run('npm', ['config', 'get', 'cache'], { cwd: workshop })).split('\n')
  const cache = join(workshop, 'npm-cache')
  await mkdir(join(users ?? '', '_cacache'), { recursive: true })
  await mkdir(cache, { recursive: true })
  await symlink(join(users ?? '', '_cacache'), join(cache, '_cacache'), 'junction').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    },
  )
  return cache
}
