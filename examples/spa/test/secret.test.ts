// The client secret is known to the proxy and to Roambi, and to nobody else.

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Stack, startStack } from '../stack.ts'
import { launchChromium } from './chromium.ts'
import { bytesReceived, netLogTo } from './net-log.ts'
import { openPopup, openTab, seeAlert, seeNews, seeSignedOut, signIn } from './user.ts'

describe.skipIf(!inject('chromium'))('the client secret', () => {
  let stack: Stack
  let folder: string
  let received: string
  let logged = ''

  beforeAll(async () => {
    const proxyLog = {
      write(line: string) {
        logged += line
      },
    }
    stack = await startStack({ pages: 'build', proxyLog })
    folder = await mkdtemp(join(tmpdir(), 'roambi-auth-net-log-'))
    const netLog = join(folder, 'net-log.json')
    const browser = await launchChromium({ args: netLogTo(netLog) })
    const context = await browser.newContext()
    const printed: string[] = []
    context.on('console', (message) => printed.push(message.text()))
    await useEverything(context)
    await browser.close()
    received = [await bytesReceived(netLog), ...printed].join('\n')
  })
  afterAll(async () => {
    await stack?.close()
    await rm(folder, { recursive: true })
  })

  async function useEverything(context: BrowserContext): Promise<void> {
    const { sandbox } = stack
    const page = await openTab(context, stack)
    const popup = await openPopup(page)
    await popup.getByRole('button', { name: 'Deny' }).click()
    await seeAlert(page, /You did not allow/)

    await signIn(page, stack)
    await page.getByRole('button', { name: 'Expire now' }).click()
    await page.getByRole('button', { name: 'Load portals again' }).click()
    await seeNews(page, 'Renewed the access token.')

    sandbox.failNext('html', { on: 'token' })
    await page.getByRole('button', { name: 'Renew now' }).click()
    await seeAlert(page, /Roambi is busy/)
    sandbox.revokeRefreshTokens()
    await page.getByRole('button', { name: 'Renew now' }).click()
    await seeSignedOut(page)
  }

  it('is in no byte that the browser received', async () => {
    for (const sight of ['"access_token"', 'Joan Harris', 'Password', 'access_denied']) {
      expect(received).toContain(sight)
    }
    expectNoSecret(received)
  })

  it("neither is a refresh token of Roambi's: the browser's own are sealed", () => {
    const sent = stack.sandbox.tokenRequests.flatMap(
      ({ parameters }) => parameters.refresh_token ?? [],
    )
    expect(sent.length).toBeGreaterThan(1)
    for (const refreshToken of sent) expect(received.includes(refreshToken)).toBe(false)
    expect(received).toContain('"refresh_token":"eyJ')
  })

  it('is in none of the built files', async () => {
    const files = await readdir(stack.folder, { recursive: true, withFileTypes: true })
    const texts = files
      .filter((file) => file.isFile())
      .map((file) => readFile(join(file.parentPath, file.name), 'latin1'))
    const everything = (await Promise.all(texts)).join('\n')
    expect(everything).toContain(stack.sandbox.client.clientId)
    expectNoSecret(everything)
  })

  it('is in no log line, and neither is a code or a token', async () => {
    expect(logged).toContain('/1/token')
    expectNoSecret(logged)
    const sent = stack.sandbox.tokenRequests.flatMap(({ parameters }) => [
      parameters.code,
      parameters.refresh_token,
    ])
    const answered = [...received.matchAll(/"access_token":"([^"]+)"/g)].map(([, token]) => token)
    const secrets = [...sent, ...answered].filter((value) => value !== undefined)
    expect(secrets.length).toBeGreaterThan(5)
    for (const secret of secrets) expect(logged.includes(secret), secret).toBe(false)
  })

  function expectNoSecret(text: string): void {
    const { clientSecret } = stack.sandbox.client
    const bytes = Buffer.from(clientSecret)
    const forms = [
      clientSecret,
      encodeURIComponent(clientSecret),
      bytes.toString('base64').replace(/=+$/, ''),
      bytes.toString('base64url'),
      bytes.toString('hex'),
    ]
    // Compared as booleans, so that a failure does not print all that was searched.
    for (const form of forms) expect(text.includes(form), form).toBe(false)
  }
})
