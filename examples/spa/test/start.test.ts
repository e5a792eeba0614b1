// The command `start`, as a newcomer uses it.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { launchChromium } from './chromium.ts'

const root = join(import.meta.dirname, '../../..')
describe('start', () => {
  let program: ChildProcess | undefined
  afterEach(() => program?.kill('SIGKILL'))

  async function start(ports: Record<string, string>) {
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    const started = spawn(`exec ${scripts.start}`, {
      shell: true,
      cwd: root,
      env: { ...process.env, SANDBOX_PORT: '0', PROXY_PORT: '0', APP_PORT: '0', ...ports },
    })
    program = started
    let printed = ''
    for (const output of [started.stdout, started.stderr]) {
      output.on('data', (text: Buffer) => {
        printed += text
      })
    }
    return { started, printed: () => printed, exit: once(started, 'exit') }
  }

  it.skipIf(!inject('chromium'))(
    'says where to look and as whom, works, and stops at Ctrl-C',
    async () => {
      const { started, printed, exit } = await start({})
      const line = /open (http:\S+) and sign in as (\S+), password (\S+)/
      await expect.poll(printed, { timeout: 30_000 }).toMatch(line)
      const [, appUrl = '', email = '', password = ''] = printed().match(line) ?? []

      const browser = await launchChromium()
      const page = await browser.newPage()
      await page.goto(appUrl)
      const opening = page.waitForEvent('popup')
      await page.getByRole('button', { name: 'Sign in with Roambi' }).click()
      const popup = await opening
      await popup.getByLabel('Email').fill(email)
      await popup.getByLabel('Password').fill(password)
      await popup.getByRole('button', { name: 'Allow' }).click()
      await page.getByText('Joan Harris').waitFor()

      started.kill('SIGINT')
      expect(await exit).toEqual([0, null])
      await browser.close()
      await expect(fetch(appUrl)).rejects.toThrow('fetch failed')
    },
  )

  it.each(['SANDBOX_PORT', 'PROXY_PORT', 'APP_PORT'])(
    'says in a sentence that the port of %s is taken',
    async (name) => {
      const other = createServer().listen(0, 'localhost')
      await once(other, 'listening')
      const { port } = other.address() as AddressInfo
      const { printed, exit } = await start({ [name]: String(port) })
      expect(await exit).toEqual([1, null])
      expect(printed().trim()).toBe(
        `Port ${port} is taken by another program. Stop that program, ` +
          'or choose other ports with SANDBOX_PORT, PROXY_PORT and APP_PORT.',
      )
      other.close()
    },
  )

  it('says in a sentence that a port is none', async () => {
    const { printed, exit } = await start({ PROXY_PORT: '70000' })
    expect(await exit).toEqual([1, null])
    expect(printed().trim()).toBe('PROXY_PORT must be a whole number, 0 to 65535.')
  })
})
