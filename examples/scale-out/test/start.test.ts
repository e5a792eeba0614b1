// The command `start`, as a newcomer uses it.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { freePorts } from '../ports.ts'

const folder = join(import.meta.dirname, '..')

function start(environment: Record<string, string | undefined>) {
  const program = spawn(
    process.execPath,
    ['--conditions=@roambi-auth/source', '--import=tsx', 'start.ts'],
    { cwd: folder, env: { ...process.env, ...environment } },
  )
  onTestFinished(() => void program.kill('SIGKILL'))
  let printed = ''
  for (const output of [program.stdout, program.stderr]) {
    output.on('data', (text: Buffer) => {
      printed += text
    })
  }
  return { program, printed: () => printed, exit: once(program, 'exit') }
}

test('it says where to look and as whom, and stops at Ctrl-C', async () => {
  const [port = 0] = await freePorts(1)
  const { program, printed, exit } = start({ APP_PORT: String(port) })
  const line = /open (http:\S+) and sign in as joan@scdp\.com, password roambi/
  await expect.poll(printed, { timeout: 50_000 }).toMatch(line)
  const [, url = ''] = line.exec(printed()) ?? []
  expect(await (await fetch(url)).text()).toContain('Sign in with Roambi')
  expect((await fetch(`${url}/1/user/resources`)).status).toBe(401)

  program.kill('SIGINT')
  expect(await exit).toEqual([0, null])
  await expect(fetch(url)).rejects.toThrow('fetch failed')
})

test('it says what is missing', async () => {
  const { printed, exit } = start({ PATH: '/nowhere' })
  expect(await exit).toEqual([1, null])
  expect(printed()).toBe(
    'redis-server is not installed. On Debian and Ubuntu: apt-get install redis-server\n',
  )
})

test('it says that a port is none', async () => {
  const { printed, exit } = start({ APP_PORT: 'x' })
  expect(await exit).toEqual([1, null])
  expect(printed()).toBe('APP_PORT must be a whole number, 1 to 65535.\n')
})
