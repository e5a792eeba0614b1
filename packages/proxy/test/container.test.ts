// The Dockerfile without Docker: its own commands, in a folder that stands for the image.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { copiedFromContext, readStages, runStage } from './dockerfile.ts'
import { freePort } from './stage.ts'

const repository = join(import.meta.dirname, '../../..')
const [dockerfile, ignored, readme] = await Promise.all(
  ['Dockerfile', 'Dockerfile.dockerignore', 'README.md'].map((name) =>
    readFile(join(import.meta.dirname, '..', name), 'utf8'),
  ),
)
const [build, image, ...others] = readStages(dockerfile ?? '')
if (!build || !image || others.length > 0) throw new Error('The Dockerfile has not two stages')

// Where the test may, it is the user of the image; else nobody but itself.
const [uid, gid] = image.only('USER').split(':').map(Number)
const user = process.getuid?.() === 0 ? { uid, gid } : {}

test('what is sent to the builder is what it copies, and no more', () => {
  const lines = (ignored ?? '').split('\n').filter((line) => line && !line.startsWith('#'))
  expect(lines).toEqual(['*', ...copiedFromContext(build).map((path) => `!${path}`)])
})

test('the image has no package manager, a user who is not root, and listens beyond itself', () => {
  expect(image.only('RUN')).toMatch(/^rm -rf .*\/npm .*\/npx .*\/corepack .*\/yarn /)
  expect(image.only('USER')).toMatch(/^[1-9]\d+:[1-9]\d+$/)
  expect(image.only('ENV')).toContain('HOST=0.0.0.0')
  expect(image.only('COPY')).not.toContain('--chown')
  expect(image.instructions.at(-1)?.name).toBe('ENTRYPOINT')
})

describe('what the Dockerfile builds', { timeout: 30_000 }, () => {
  let folder: string
  let program: string
  let node: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'roambi-proxy-image-'))
    await runStage(build, repository, folder)
    const [stage, source = '', target = ''] = image.only('COPY').split(/\s+/)
    expect(stage).toBe(`--from=${build.name}`)
    program = join(folder, source)
    expect(JSON.parse(image.only('ENTRYPOINT'))).toEqual(['node', `${target}/dist/main.js`])
    await chmod(folder, 0o755)
    await setMode(program, 0o555)
    // This Node may lie where the image's user may not go, such as in root's cache of npx.
    node = join(folder, 'node')
    await copyFile(process.execPath, node)
    await chmod(node, 0o555)
  }, 180_000)
  afterAll(async () => {
    if (program) await setMode(program, 0o755)
    if (folder) await rm(folder, { recursive: true })
  })

  test('has what the program needs, and neither its tests nor its tools', async () => {
    const names = await readdir(program, { recursive: true })
    expect(names).toContain('dist/main.js')
    expect(names.filter((name) => /^test|\/(typescript|vitest|sandbox)$/.test(name))).toEqual([])
  })

  test('starts as in the README, is healthy, and ends at SIGTERM', async () => {
    const port = await freePort()
    const started = start({ ...(await composed(folder)), PORT: String(port) })
    await expect.poll(started.output, { timeout: 20_000 }).toContain('listening')

    const metadata = '/.well-known/oauth-authorization-server'
    const answer = await fetch(`http://127.0.0.1:${port}${metadata}`)
    expect(await answer.json()).toMatchObject({ issuer: 'https://auth.example.com' })
    expect(await health(port)).toBe(0)

    started.child.kill('SIGTERM')
    expect(await started.exit).toEqual([0, null])
    expect(started.output()).not.toContain('"level":50')
    expect(await health(port)).toBe(1)
  })

  test('says what is missing, and does not start', async () => {
    const started = start({})
    expect(await started.exit).toEqual([1, null])
    expect(started.output()).toContain('ROAMBI_CLIENT_ID is missing')
    expect(started.output()).toContain('PROXY_SEALING_KEYS must')
  })

  function start(environment: Record<string, string>) {
    const [, main = ''] = JSON.parse(image?.only('ENTRYPOINT') ?? '') as string[]
    return run(node, [main.replace(/^\/[^/]+/, program)], environment)
  }

  async function health(port: number): Promise<number | null> {
    const [, ...command] = JSON.parse(image?.only('HEALTHCHECK').split(' CMD ')[1] ?? '')
    const [code] = await run(node, command, { PORT: String(port) }).exit
    return code
  }
})

/** As the image would: with its environment, as its user, and nowhere to write to. */
function run(node: string, command: string[], environment: Record<string, string>) {
  const own = Object.fromEntries((image?.only('ENV') ?? '').split(' ').map((it) => it.split('=')))
  const nowhere = { HOME: '/nowhere', TMPDIR: '/nowhere' }
  const env = { ...nowhere, ...own, ...environment }
  const child: ChildProcess = spawn(node, command, { cwd: '/', env, ...user })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => (output += chunk))
  const exit = once(child, 'close') as Promise<[code: number | null, signal: string | null]>
  return { child, output: () => output, exit }
}

/** Of the folders alone: the files are links into the package manager's store. */
async function setMode(program: string, mode: number): Promise<void> {
  await chmod(program, mode)
  for (const entry of await readdir(program, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), mode)
  }
}

/** The environment of the README's compose file, its secrets in files of this machine. */
async function composed(folder: string): Promise<Record<string, string>> {
  const [, compose = ''] = readme?.match(/^```yaml\n(services:\n.*?)^```$/ms) ?? []
  const variables = [...compose.matchAll(/^ {6}([A-Z_]+): (\S+)$/gm)]
  const secrets = [...compose.matchAll(/^ {2}(\S+):\n {4}file: /gm)].map(([, name]) => name ?? '')
  for (const name of secrets) {
    const secret = randomBytes(32).toString('base64url')
    await writeFile(join(folder, name), `${secret}\n`, { mode: 0o444 })
  }
  const environment = variables.map(([, name = '', value = '']) => {
    const secret = secrets.find((secret) => value === `/run/secrets/${secret}`)
    return [name, secret ? join(folder, secret) : value.replace('…', '')]
  })
  return Object.fromEntries(environment)
}
