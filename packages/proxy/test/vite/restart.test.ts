import { defaults } from '@roambi-auth/sandbox'
import { describe, expect, test } from 'vitest'
import type { RoambiPluginOptions } from '../../src/vite/index.ts'
import { freePort } from '../stage.ts'
import { signIn } from './app.ts'
import { listen, startDev, startPreview, urlOf, usual, versions, writeApp } from './stage.ts'

describe.each(versions)(
  'with Vite %s, a restart or an end of the server',
  { timeout: 30_000 },
  (_version, vite) => {
    test('signs nobody out, and leaves the sandbox where it is', async () => {
      const { server, url, terminal } = await startDev({ sandbox: { port: 0 } }, { vite })
      const app = await signIn(url, defaults.clientId)
      const sandboxUrl = sandboxOf(terminal())
      await server.restart()
      expect(urlOf(server)).toBe(url)
      expect(await app.whoAmI()).toMatchObject({ resources: {} })
      expect(await app.renew()).not.toBe(app.accessToken)
      server.printUrls()
      expect(terminal().split(sandboxUrl)).toHaveLength(3)
      await server.restart()
      expect(await app.renew()).toEqual(expect.any(String))
      await signIn(url, defaults.clientId)
    })

    test('takes another sandbox when that is to be like something else, and leaves none', async () => {
      const options: RoambiPluginOptions = { sandbox: { port: 0 } }
      const { server, url, terminal } = await startDev(options, { vite })
      const first = sandboxOf(terminal())
      options.sandbox = { port: 0, rotation: 'strict' }
      await server.restart()
      expect(await isThere(first)).toBe(false)
      server.printUrls()
      const second = sandboxOf(terminal().split(first).at(-1) ?? '')
      await signIn(url, defaults.clientId)
      options.sandbox = false
      await server.restart()
      expect(await isThere(second)).toBe(false)
    })

    test('closing it closes the sandbox, also when it has never listened', async () => {
      const { server, url, terminal } = await startDev({ sandbox: { port: 0 } }, { vite })
      await signIn(url, defaults.clientId)
      await server.restart()
      await server.close()
      expect(await isThere(sandboxOf(terminal()))).toBe(false)

      const port = await freePort()
      const config = usual(writeApp(), { sandbox: { port } }, listen().logger)
      const silent = await vite.createServer(config)
      expect(await isThere(`http://localhost:${port}`)).toBe(true)
      await silent.close()
      expect(await isThere(`http://localhost:${port}`)).toBe(false)
    })

    test('closing vite preview closes the sandbox', async () => {
      const { server, terminal } = await startPreview({ sandbox: { port: 0 } }, { vite })
      const url = sandboxOf(terminal())
      expect(await isThere(url)).toBe(true)
      await server.close()
      await expect.poll(() => isThere(url)).toBe(false)
    })
  },
)

function sandboxOf(terminal: string): string {
  return /http:\/\/localhost:\d+(?=, a sandbox)/.exec(terminal)?.[0] ?? 'no sandbox'
}

async function isThere(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  )
}
