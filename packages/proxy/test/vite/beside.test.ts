// What else is on the server stays as it is.
import { createServer } from 'node:http'
import { defaults } from '@roambi-auth/sandbox'
import { generate } from 'selfsigned'
import { Agent, setGlobalDispatcher, WebSocket } from 'undici'
import { createServer as createVite } from 'vite'
import { expect, onTestFinished, test } from 'vitest'
import { roambi } from '../../src/vite/index.ts'
import { startUpstream } from '../stage.ts'
import { signIn } from './app.ts'
import { listen, startDev, startPreview, usual, writeApp } from './stage.ts'

const sandbox = { port: 0 }
const html = { headers: { accept: 'text/html' } }

test('the pages, the client of Vite and its own proxy answer as without the plugin', async () => {
  const other = await startUpstream((request, response) => response.end(`other ${request.url}`))
  const proxy = { '/other': other.apiUrl, '/10': other.apiUrl }
  const config = { server: { port: 0, proxy } }
  const { url } = await startDev({ sandbox }, { config })
  const text = async (path: string) => (await fetch(url + path, html)).text()
  expect(await text('/')).toContain('<title>The app</title>')
  expect(await text('/a/route/of/the/app')).toContain('<title>The app</title>')
  expect(await text('/1')).toContain('<title>The app</title>')
  expect(await text('/callback.html?code=a')).toContain('<title>The callback page</title>')
  expect(await text('/@vite/client')).toContain('WebSocket')
  expect(await text('/other/x')).toContain('other /')
  expect(await text('/10/x')).toContain('other /')
})

test('changes reach the page over the socket of Vite', async () => {
  const { server, url } = await startDev({ sandbox })
  await fetch(`${url}/src/main.ts`)
  const { webSocketToken } = server.config
  const socket = new WebSocket(`${url.replace('http', 'ws')}/?token=${webSocketToken}`, 'vite-hmr')
  onTestFinished(() => socket.close())
  const messages: string[] = []
  socket.onmessage = ({ data }) => void messages.push(String(data))
  await expect.poll(() => messages.join()).toContain('connected')
  server.ws.send({ type: 'full-reload' })
  await expect.poll(() => messages.join()).toContain('full-reload')
})

test.each([
  ['vite', startDev],
  ['vite preview', startPreview],
] as const)('a callback page that is not there is missed aloud, in %s', async (_name, start) => {
  const files = { 'callback.html': undefined }
  const build = { rollupOptions: {} }
  const { url } = await start({ sandbox }, { files, config: { build } })
  const answer = await fetch(`${url}/callback.html?code=a&state=b`, html)
  expect(answer.status).toBe(404)
  expect(await answer.text()).toContain('The app has no callback.html.')
  expect(await (await fetch(`${url}/callback`, html)).text()).toContain('The app')
})

test('another address of the same server is told which one to open', async () => {
  const { url } = await startDev(
    { sandbox },
    { config: { server: { port: 0, host: '127.0.0.1' } } },
  )
  const other = url.replace('127.0.0.1', 'localhost')
  const answer = await fetch(`${other}/1/token`, { method: 'POST' })
  expect(await answer.json()).toMatchObject({
    error_description: expect.stringContaining(`Open the app as ${url}`),
  })
  await signIn(url, defaults.clientId)
})

test('a port that is taken, another base and https change nothing', async () => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }])
  // As browsers do: over HTTP/2.
  setGlobalDispatcher(new Agent({ allowH2: true, connect: { ca: cert } }))
  onTestFinished(() => setGlobalDispatcher(new Agent()))
  const taken = createServer().listen(0, 'localhost')
  onTestFinished(() => void taken.close())
  await expect.poll(() => taken.listening).toBe(true)
  const { port } = taken.address() as { port: number }
  const config = { base: '/app/', server: { port, https: { key, cert } } }
  const { url } = await startDev({ sandbox }, { config })
  expect(url).toMatch(/^https:/)
  expect(url).not.toContain(`:${port}`)
  const app = await signIn(url, defaults.clientId, `${url}/app/callback.html`)
  expect(await app.whoAmI()).toMatchObject({ resources: {} })
  expect(await app.renew()).toEqual(expect.any(String))
  await signIn(url, defaults.clientId)
})

test('in middleware mode, it must be told where the app is opened', async () => {
  const root = writeApp()
  const { logger, terminal } = listen()
  const start = async (publicUrl?: string) => {
    const plugins = [roambi({ sandbox, ...(publicUrl && { publicUrl }) })]
    const server = { middlewareMode: true, ws: false as const }
    const vite = await createVite({ ...usual(root, {}, logger), plugins, server })
    onTestFinished(() => vite.close())
    return vite
  }
  const front = createServer().listen(0, 'localhost')
  onTestFinished(() => void front.close())
  await expect.poll(() => front.listening).toBe(true)
  const url = `http://localhost:${(front.address() as { port: number }).port}`

  const unaware = await start()
  expect(terminal()).toBe('')
  front.on('request', unaware.middlewares)
  const answer = await fetch(`${url}/1/token`, { method: 'POST' })
  expect(await answer.json()).toMatchObject({
    error_description: expect.stringMatching(/^In middleware mode, .* set publicUrl/),
  })
  front.removeListener('request', unaware.middlewares)

  front.on('request', (await start(url)).middlewares)
  await signIn(url, defaults.clientId)
})
