// No secret is in anything that Vite serves, builds or says.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'
import { expect, test } from 'vitest'
import { startStage } from '../stage.ts'
import { signIn } from './app.ts'
import { listen, startDev, startPreview, usual, writeApp } from './stage.ts'

const secret = 'consumer-secret-that-nobody-may-see'
const key = 'sealing-key-that-nobody-may-see-of-43-characters-or-more'
const files = {
  '.env.local': `ROAMBI_CLIENT_ID=3d7c\nROAMBI_CLIENT_SECRET=${secret}\nPROXY_SEALING_KEYS=${key}\n`,
  'src/main.ts': 'console.log(import.meta.env, import.meta.env.ROAMBI_CLIENT_SECRET)',
}

test('the dev server serves none, whatever is asked for, also in the course of a sign-in', async () => {
  const { sandbox } = await startStage({}, { clientId: '3d7c', clientSecret: secret })
  const settings = { apiUrl: sandbox.apiUrl, clientId: '3d7c' }
  const { url, folder, server, terminal } = await startDev(settings, { files })
  sandbox.set({ redirectUri: `${url}/1/callback` })
  const app = await signIn(url, '3d7c')
  const everything = [
    ...server.environments.client.moduleGraph.urlToModuleMap.keys(),
    ...['/', '/callback.html', '/src/main.ts', '/@vite/client', '/@vite/env'],
    ...['/.env.local', '/.env.local?raw', '/.env.local?url', '/.env.local?import&raw'],
    ...[`/@fs${folder}/.env.local`, `/@fs${folder}/.env.local?raw`, '/vite.config.ts'],
    ...['/1/token', '/1/authorize', '/1/user/resources', '/1/callback?code=a&state=b'],
    '/.well-known/oauth-authorization-server',
  ]
  const leaks: string[] = []
  let seen = JSON.stringify(app)
  for (const path of everything) {
    for (const method of ['GET', 'POST']) {
      for (const accept of ['*/*', 'text/html']) {
        const answer = await fetch(url + path, { method, headers: { accept }, redirect: 'manual' })
        const received = JSON.stringify([...answer.headers]) + (await answer.text())
        if (received.includes(secret) || received.includes(key)) leaks.push(`${method} ${path}`)
        seen += received
      }
    }
  }
  expect(leaks).toEqual([])
  expect(seen).toContain('"VITE_ROAMBI_CLIENT_ID": "3d7c"')
  for (const one of [secret, key]) expect(terminal().includes(one)).toBe(false)
})

test('a build holds the client id that is set, and no secret; never the id of the sandbox', async () => {
  const built = async (files: Record<string, string>, sandbox: boolean) => {
    const folder = writeApp(files)
    await build(usual(folder, { sandbox }, listen().logger))
    return readdirSync(join(folder, 'dist'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
      .join('')
  }
  for (const sandbox of [true, false]) {
    const text = await built(files, sandbox)
    expect(text).toContain('VITE_ROAMBI_CLIENT_ID:`3d7c`')
    expect(text).not.toContain(secret)
    expect(text).not.toContain(key)
  }
  const without = await built({ 'src/main.ts': files['src/main.ts'] }, true)
  expect(without).toContain('PROD')
  expect(without).not.toContain('ROAMBI_CLIENT_ID:')
})

test('who previews a build with the sandbox is told that it has no client id', async () => {
  const { terminal } = await startPreview({ sandbox: { port: 0 } })
  expect(terminal()).toContain('set VITE_ROAMBI_CLIENT_ID to any text before the build')
})

const clientSecret = `ROAMBI_CLIENT_SECRET=${secret}\n`
test.each([
  ['a name', `VITE_ROAMBI_CLIENT_SECRET=${secret}\n`, {}],
  ['a name of sealing keys', `VITE_SEALING_KEYS=${key}\n`, {}],
  ['the prefix', clientSecret, { envPrefix: ['VITE_', 'ROAMBI_'] }],
  ['another name', `${clientSecret}VITE_TOKEN=${secret}\n`, {}],
  ['define', clientSecret, { define: { __SECRET__: JSON.stringify(secret) } }],
  ['define with the whole environment', clientSecret, { define: { env: { a: secret } } }],
])('Vite is stopped where the page would get it by %s', async (_way, text, config) => {
  const folder = writeApp({ '.env.local': text })
  const whole = { ...usual(folder, { sandbox: true }, listen().logger), ...config }
  const error = await build(whole).catch((error: Error) => error)
  expect(String(error)).toMatch(/would be read by everybody who opens the app/)
  expect(String(error)).not.toContain(secret)
  await expect(
    startDev({ sandbox: true }, { files: { '.env.local': text }, config }),
  ).rejects.toThrow(/would be read by everybody/)
})

test('Vite is stopped where it would serve the file that holds it', async () => {
  const folder = writeApp()
  mkdirSync(join(folder, 'secrets'))
  writeFileSync(join(folder, 'secrets/roambi'), secret)
  const env = `ROAMBI_CLIENT_ID=3d7c\nROAMBI_CLIENT_SECRET_FILE=${folder}/secrets/roambi\n`
  writeFileSync(join(folder, '.env.local'), env)
  const config = { root: folder }
  await expect(startDev(undefined, { config })).rejects.toThrow(
    'ROAMBI_CLIENT_SECRET_FILE names a file that Vite would serve',
  )
  const denied = { ...config, server: { port: 0, fs: { deny: ['.env*', '**/secrets/**'] } } }
  const { url, terminal } = await startDev(undefined, { config: denied })
  expect(terminal()).toContain('must know the redirect URI')
  expect(await (await fetch(`${url}/secrets/roambi`)).text()).not.toContain(secret)
})
