// The program, as it would run in production.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort, startProgram } from './program.ts'

describe('main', () => {
  let folder: string
  let environment: Record<string, string>

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'roambi-auth-main-'))
    await writeFile(join(folder, 'index.html'), '<p>the app</p>')
    await writeFile(join(folder, 'secret'), 'consumer-secret-1\n')
    await writeFile(
      join(folder, 'keys'),
      'first-sealing-key-of-the-tests-is-not-random-at-all\n' +
        'second-sealing-key-of-the-tests-is-not-random-at-all\n',
    )
    environment = {
      NODE_ENV: 'production',
      ROAMBI_CLIENT_ID: 'consumer-key-1',
      ROAMBI_CLIENT_SECRET_FILE: join(folder, 'secret'),
      PROXY_PUBLIC_URL: 'https://app.example.com',
      PROXY_SEALING_KEYS_FILE: join(folder, 'keys'),
      APP_FOLDER: folder,
    }
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('serves the app and the proxy, and stops at SIGTERM', async () => {
    const port = await freePort()
    const { child, exit, printed } = startProgram('main.ts', { ...environment, PORT: `${port}` })
    await expect.poll(printed, { timeout: 30_000 }).toContain('listening')
    const url = `http://127.0.0.1:${port}`
    expect(await (await fetch(url)).text()).toBe('<p>the app</p>')
    const metadata = await fetch(`${url}/.well-known/oauth-authorization-server`)
    expect(await metadata.json()).toMatchObject({ issuer: 'https://app.example.com' })

    child.kill('SIGTERM')
    expect(await exit).toEqual([0, null])
    expect(printed()).not.toContain('consumer-secret-1')
  })

  it.each([
    ['PROXY_SEALING_KEYS_FILE', '', /^sealingKeys must list keys/],
    ['PROXY_PUBLIC_URL', 'http://app.example.com', /publicUrl must be an origin/],
    ['APP_FOLDER', '/nowhere', /^There is no index\.html in \/nowhere\n$/],
    ['HOST', 'nohost.invalid', /nohost\.invalid/],
  ])('with %s=%s stops with a sentence', async (variable, value, sentence) => {
    const port = await freePort()
    const variables = { ...environment, PORT: `${port}`, LOG_LEVEL: 'silent', [variable]: value }
    const { exit, printed } = startProgram('main.ts', variables)
    expect(await exit).toEqual([1, null])
    expect(printed()).toMatch(sentence)
    expect(printed()).not.toContain('    at ')
  })
})
