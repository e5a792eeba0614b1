import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { defaults } from '@roambi-auth/sandbox'
import { expect, onTestFinished, test } from 'vitest'
import type { RoambiPluginOptions } from '../../src/vite/index.ts'
import { freePort, startStage } from '../stage.ts'
import { signIn } from './app.ts'
import { type Setting, startDev } from './stage.ts'

const secret = 'the-consumer-secret-of-the-tests'
const envLocal = `ROAMBI_CLIENT_ID=3d7c\nROAMBI_CLIENT_SECRET=${secret}\n`
const withEnv = (text: string): Setting => ({ files: { '.env.local': text } })

test('without a sandbox, the settings are the variables of the program, in .env.local too', async () => {
  const port = await freePort()
  const redirectUri = `http://localhost:${port}/1/callback`
  const { sandbox } = await startStage({}, { clientId: '3d7c', clientSecret: secret, redirectUri })
  const { url, terminal } = await startDev(undefined, {
    ...withEnv(`${envLocal}ROAMBI_API_URL=${sandbox.apiUrl}\n`),
    config: { server: { port, strictPort: true } },
  })
  const { host } = new URL(sandbox.apiUrl)
  expect(terminal()).toContain(
    `➜  Roambi:  ${host}, which must know the redirect URI ${redirectUri}`,
  )
  expect(await (await signIn(url, '3d7c')).whoAmI()).toMatchObject({ resources: {} })
})

test('what is missing is said in the terminal, to the app and to its user, and the rest goes on', async () => {
  const { url, terminal } = await startDev(undefined, withEnv('ROAMBI_CLIENT_ID=\n'))
  const sentences = [
    'ROAMBI_CLIENT_ID is missing: the Consumer Key.',
    'ROAMBI_CLIENT_SECRET or ROAMBI_CLIENT_SECRET_FILE must be set.',
    expect.stringContaining('roambi({ sandbox: true })'),
  ]
  expect(terminal().split('\n').slice(1, 4)).toEqual(sentences.map(indented))
  expect(terminal()).not.toContain('➜  Roambi')

  const toApp = await fetch(`${url}/1/token`, { method: 'POST' })
  expect(toApp.status).toBe(500)
  expect(await toApp.json()).toEqual({
    error: 'server_error',
    error_description: expect.stringContaining(sentences[1]),
  })

  const toUser = await fetch(`${url}/1/authorize`, { headers: { accept: 'text/html,*/*' } })
  expect(toUser.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect((await toUser.text()).split('\n').slice(0, 3)).toEqual(sentences)

  expect(await (await fetch(url)).text()).toContain('<title>The app</title>')
})

test('when it is there, a restart says how to sign in', async () => {
  const { server, folder, terminal, url } = await startDev()
  expect(terminal()).toContain('roambi: nobody can sign in yet.')
  writeFileSync(join(folder, '.env.local'), envLocal)
  await server.restart()
  expect(terminal()).toContain(`must know the redirect URI ${url}/1/callback`)
  await server.restart()
  expect(terminal().match(/must know/g)).toHaveLength(1)
})

test.each<[string, RoambiPluginOptions, string]>([
  ['mode', { mode: 'x' as 'pkce' }, 'mode must be pkce or direct.'],
  ['redirectUris', { redirectUris: ['nonsense'] }, 'redirectUris must list at least one URI'],
  ['timeouts', { timeouts: { token: 0 } }, 'timeouts must be whole numbers of ms above 0.'],
])('an option that is wrong is named: %s', async (_name, option, sentence) => {
  const { url } = await startDev({ clientId: '3d7c', ...option }, withEnv(envLocal))
  const answer = await fetch(`${url}/1/token`, { method: 'POST' })
  expect(answer.status).toBe(500)
  expect(await answer.json()).toMatchObject({
    error_description: expect.stringContaining(sentence),
  })
})

test('options go over the environment, and that over the files', async () => {
  process.env.PROXY_REFRESH_TOKEN_LIFETIME = 'of-the-environment'
  onTestFinished(() => void delete process.env.PROXY_REFRESH_TOKEN_LIFETIME)
  const files = withEnv(`${envLocal}PROXY_REFRESH_TOKEN_LIFETIME=60\nPROXY_MODE=nonsense\n`)
  const { terminal } = await startDev({ mode: 'pkce' }, files)
  expect(terminal()).toContain('PROXY_REFRESH_TOKEN_LIFETIME must be')
  expect(terminal()).not.toContain('PROXY_MODE')
})

test('variables that are of other programs, too, change nothing', async () => {
  const others = 'PORT=x\nHOST=y\nLOG_LEVEL=z\nMETRICS_PORT=-1\nREDIS_URL=no\nPROXY_CONFIG=/none\n'
  const { url } = await startDev(undefined, withEnv(envLocal + others))
  const metadata = await fetch(`${url}/.well-known/oauth-authorization-server`)
  expect(await metadata.json()).toMatchObject({ issuer: url })
})

test('the page is told the client id: of the settings, or of the sandbox, or the one it has', async () => {
  const idIn = async ({ url }: { url: string }) =>
    /"VITE_ROAMBI_CLIENT_ID": "([^"]*)"/.exec(await (await fetch(`${url}/src/main.ts`)).text())?.[1]
  expect(await idIn(await startDev(undefined, withEnv(envLocal)))).toBe('3d7c')
  expect(await idIn(await startDev({ clientId: 'a05e' }, withEnv(envLocal)))).toBe('a05e')
  const sandbox = { port: 0 }
  expect(await idIn(await startDev({ sandbox }, withEnv(envLocal)))).toBe(defaults.clientId)

  const own = await startDev({ sandbox }, withEnv('VITE_ROAMBI_CLIENT_ID=of-the-page\n'))
  expect(await idIn(own)).toBe('of-the-page')
  await signIn(own.url, 'of-the-page')
})

test('two client ids that differ are a mistake', async () => {
  const { terminal } = await startDev(undefined, withEnv(`${envLocal}VITE_ROAMBI_CLIENT_ID=a05e\n`))
  expect(terminal()).toContain('VITE_ROAMBI_CLIENT_ID is another one than ROAMBI_CLIENT_ID')
})

test('a port that is taken for the sandbox is named', async () => {
  const other = createServer().listen(0, 'localhost')
  onTestFinished(() => void other.close())
  await expect.poll(() => other.listening).toBe(true)
  const { port } = other.address() as { port: number }
  const { terminal } = await startDev({ sandbox: { port } })
  expect(terminal()).toContain(
    `Port ${port} is taken: choose another one for the sandbox, or none.`,
  )
})

function indented(sentence: string): string {
  return typeof sentence === 'string' ? `  ${sentence}` : sentence
}
