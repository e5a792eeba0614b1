import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ask, start } from './start.ts'

// Starting Node with its TypeScript loader takes a while on a busy machine.
const patience = { timeout: 20_000 }
vi.setConfig({ testTimeout: patience.timeout })

test('the program says where it is, takes a lever, and stops on SIGTERM with 0', async () => {
  const program = run(['--port', '0', '--token-lifetime', '30'], { SANDBOX_CLIENT_ID: 'mine' })
  await expect.poll(program.output, patience).toContain('All levers')
  const url = String(/listens on (http:\S+)/.exec(program.output())?.[1])
  for (const line of [
    'Test account   joan@scdp.com / roambi',
    'Client id      mine',
    'Redirect URI   http://localhost:4001/1/callback',
    `curl -X POST ${url}/sandbox/expire`,
  ]) {
    expect(program.output()).toContain(line)
  }
  expect(await ask(`${url}/sandbox/expire`, { method: 'POST' })).toMatchObject({
    json: { settings: { clientId: 'mine', tokenLifetime: 30 } },
  })
  program.kill('SIGTERM')
  expect(await program.exit).toBe(0)
})

test('a bad setting stops the program with one sentence', async () => {
  const program = run([], { SANDBOX_TOKEN_LIFETIME: 'long' })
  expect(await program.exit).toBe(1)
  expect(program.output()).toBe(
    'SANDBOX_TOKEN_LIFETIME (--token-lifetime) must be a whole number of seconds, 1 or more.\n',
  )
})

test('a taken port stops the program with one sentence', async () => {
  const { url } = await start()
  const { port } = new URL(url)
  const program = run(['--port', port])
  expect(await program.exit).toBe(1)
  expect(program.output()).toBe(
    `Port ${port} is taken: stop what listens there, or choose another with --port.\n`,
  )
})

test('an unknown host stops the program with one sentence', async () => {
  const program = run(['--host', 'nohost.invalid', '--port', '0'])
  expect(await program.exit).toBe(1)
  expect(program.output()).toBe("Host nohost.invalid can't be found: choose another with --host.\n")
})

test('--help lists every setting', async () => {
  const program = run(['--help'])
  expect(await program.exit).toBe(0)
  for (const name of ['--client-secret', 'SANDBOX_TOKEN_LIFETIME', '--coop', 'HOST']) {
    expect(program.output()).toContain(name)
  }
})

test('--version tells its version', async () => {
  const program = run(['--version'])
  expect(await program.exit).toBe(0)
  expect(program.output()).toMatch(/^\d+\.\d+\.\d+\n$/)
})

function run(args: string[], variables: Record<string, string> = {}) {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const node = ['--conditions=@roambi-auth/source', '--import=tsx', main, ...args]
  const child = spawn(process.execPath, node, { env: { PATH: process.env.PATH, ...variables } })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  // Unlike `exit`, `close` comes after the last of the output.
  const exit = once(child, 'close').then(([code]) => code)
  return { output: () => output, exit, kill: (signal: NodeJS.Signals) => child.kill(signal) }
}
