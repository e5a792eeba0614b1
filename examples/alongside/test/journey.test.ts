// The whole way of a user through the example, in a real Chromium.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest'
import { launchChromium } from '../../spa/test/chromium.ts'
import { bytesReceived, netLogTo } from '../../spa/test/net-log.ts'
import { openTab, seeNews, seeSignedIn, seeSignedOut, signIn } from '../../spa/test/user.ts'
import { type Stack, startStack } from '../stack.ts'

describe.skipIf(!inject('chromium'))('the journey', () => {
  let stack: Stack
  let folder: string
  let logged: string

  beforeEach(async () => {
    logged = ''
    const log = {
      write(line: string) {
        logged += line
      },
    }
    // As in real life, Roambi is another site.
    stack = await startStack({ sandboxHost: '127.0.0.1', log })
    folder = await mkdtemp(join(tmpdir(), 'roambi-auth-net-log-'))
  })
  afterEach(async () => {
    await stack?.close()
    await rm(folder, { recursive: true })
  })

  it('breaks no rule of the policy, and shows the secret to nobody', async () => {
    const { sandbox, appUrl } = stack
    const netLog = join(folder, 'net-log.json')
    const browser = await launchChromium({ args: netLogTo(netLog) })
    onTestFinished(() => browser.close())
    const context = await browser.newContext()
    context.setDefaultTimeout(10_000)
    const complaints = noteComplaints(context)

    const one = await openTab(context, stack)
    await signIn(one, stack)
    await seeNews(one, /The API answered with your portals/)
    await one.locator('#picture').waitFor()
    await one.reload()
    await seeSignedIn(one)
    const two = await openTab(context, stack)
    await seeSignedIn(two)

    const before = sandbox.tokenRequests.length
    await one.getByRole('button', { name: 'Expire now' }).click()
    await seeNews(one, /forgot the access token/)
    await one.getByRole('button', { name: 'Load portals again' }).click()
    await seeNews(one, 'Renewed the access token.')
    await seeNews(two, 'Renewed in another tab.')
    expect(sandbox.tokenRequests.length - before).toBe(1)

    await one.getByRole('button', { name: 'Sign out' }).click()
    await seeSignedOut(one)
    await seeSignedOut(two)

    await one.getByRole('button', { name: 'Sign in in this tab' }).click()
    await one.getByLabel('Email').fill(sandbox.account.email)
    await one.getByLabel('Password').fill(sandbox.account.password)
    await one.getByRole('button', { name: 'Allow' }).click()
    await seeSignedIn(one)
    await seeSignedIn(two)
    await browser.close()

    // The first token request of a page asks for a nonce, an expired token meets a 401, and a proxy
    // without Redis has no /1/revoke.
    const isExpected = /the server responded with a status of (40[01] |404 .*\/1\/revoke\))/
    expect(complaints.filter((complaint) => !isExpected.test(complaint))).toEqual([])

    const received = await bytesReceived(netLog)
    for (const sight of ['"access_token"', 'Joan Harris', 'Content-Security-Policy']) {
      expect(received).toContain(sight)
    }
    const { clientSecret } = sandbox.client
    expect(received.includes(clientSecret)).toBe(false)
    expect(logged).toContain('"path":"/callback.html"')
    const sent = sandbox.tokenRequests.flatMap(({ parameters: { code, refresh_token } }) => [
      code,
      refresh_token,
    ])
    const answered = [...received.matchAll(/[?&"](?:code|access_token)"?[=:]"?([^"&\s]+)/g)]
    const secrets = [clientSecret, ...sent, ...answered.map(([, value]) => value)]
    for (const secret of secrets.filter((value) => value !== undefined)) {
      expect(logged.includes(secret), secret).toBe(false)
    }
    expect(received).toContain(`${appUrl}/callback.html?code=`)
  })

  it("works while Roambi's pages cut the link between the windows", async () => {
    stack.sandbox.set({ coop: 'same-origin' })
    const browser = await launchChromium()
    onTestFinished(() => browser.close())
    const page = await openTab(await browser.newContext(), stack)
    await signIn(page, stack)
  })
})

/** What the pages of the app print as a warning or an error, and what they throw. */
function noteComplaints(context: BrowserContext): string[] {
  const complaints: string[] = []
  context.on('console', (message) => {
    if (['warning', 'error'].includes(message.type()))
      complaints.push(`${message.text()} (${message.location().url})`)
  })
  context.on('weberror', (error) => complaints.push(String(error.error())))
  return complaints
}
