// The command `start`, as a newcomer uses it.

import { readFile } from 'node:fs/promises'
import { describe, expect, inject, it } from 'vitest'
import { launchChromium } from '../../spa/test/chromium.ts'
import { startProgram, takenPort } from './program.ts'

describe('start', () => {
  it('is what package.json runs', async () => {
    const text = await readFile(new URL('../package.json', import.meta.url), 'utf8')
    expect(JSON.parse(text).scripts.start).toBe(
      'node --conditions=@roambi-auth/source --import=tsx start.ts',
    )
  })

  it.skipIf(!inject('chromium'))(
    'says where to look and as whom, works, and stops at Ctrl-C',
    async () => {
      const ports = { SANDBOX_PORT: '0', APP_PORT: '0' }
      const { child, printed, exit } = startProgram('start.ts', ports)
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

      child.kill('SIGINT')
      expect(await exit).toEqual([0, null])
      await browser.close()
      await expect(fetch(appUrl)).rejects.toThrow('fetch failed')
    },
  )

  it.each(['SANDBOX_PORT', 'APP_PORT'])(
    'says in a sentence that the port of %s is taken',
    async (name) => {
      const port = await takenPort()
      const ports = { SANDBOX_PORT: '0', APP_PORT: '0', [name]: `${port}` }
      const { printed, exit } = startProgram('start.ts', ports)
      expect(await exit).toEqual([1, null])
      expect(printed().trim()).toBe(
        `Port ${port} is taken by another program. Stop that program, ` +
          'or choose other ports with SANDBOX_PORT and APP_PORT.',
      )
    },
  )

  it('says in a sentence that a port is none', async () => {
    const { printed, exit } = startProgram('start.ts', { APP_PORT: '70000' })
    expect(await exit).toEqual([1, null])
    expect(printed().trim()).toBe('APP_PORT must be a whole number, 0 to 65535.')
  })
})
