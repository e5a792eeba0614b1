// Which files are served, how, and what is answered instead of one.

import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createServer, type Environment } from '../server.ts'

let above: string
let environment: Environment
let server: FastifyInstance
let logged = ''

beforeAll(async () => {
  above = await mkdtemp(join(tmpdir(), 'roambi-auth-files-'))
  const folder = join(above, 'app')
  await mkdir(join(folder, 'assets'), { recursive: true })
  await mkdir(join(folder, '.git'))
  await Promise.all([
    writeFile(join(above, 'secret.txt'), 'above the folder'),
    writeFile(join(folder, 'index.html'), '<p>the app</p>'),
    writeFile(join(folder, 'callback.html'), '<p>the callback page</p>'),
    writeFile(join(folder, 'mark.svg'), '<svg/>'),
    writeFile(join(folder, 'assets', 'main-3d7c.js'), 'run()'),
    writeFile(join(folder, '.env'), 'in a dotfile'),
    writeFile(join(folder, '.git', 'config'), 'in a dot folder'),
  ])
  environment = {
    ROAMBI_CLIENT_ID: 'consumer-key-1',
    ROAMBI_CLIENT_SECRET: 'consumer-secret-1',
    // Nothing listens there.
    ROAMBI_API_URL: 'http://127.0.0.1:9/1',
    PROXY_PUBLIC_URL: 'https://app.example.com',
    PROXY_SEALING_KEYS: 'first-sealing-key-of-the-tests-is-not-random-at-all',
    APP_FOLDER: folder,
    LOG_LEVEL: 'trace',
  }
  server = createServer(environment, {
    write(line) {
      logged += line
    },
  })
  await server.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(async () => {
  await server?.close()
  await rm(above, { recursive: true })
})

/** Asks for the path as it stands: `fetch` would tidy it up. */
async function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const request = httpRequest(server.listeningOrigin, { path, headers, method }).end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of response) text += chunk
  return { status: response.statusCode, headers: response.headers, text }
}

describe('a file', () => {
  it.each([
    ['/', 'no-cache', 'text/html; charset=utf-8'],
    ['/index.html', 'no-cache', 'text/html; charset=utf-8'],
    ['/mark.svg', 'no-cache', 'image/svg+xml'],
    ['/callback.html?code=any', 'no-store', 'text/html; charset=utf-8'],
    [
      '/assets/main-3d7c.js',
      'public, max-age=31536000, immutable',
      'application/javascript; charset=utf-8',
    ],
  ])('%s is kept: %s', async (path, cacheControl, contentType) => {
    const { status, headers, text } = await get(path)
    expect(status).toBe(200)
    expect(headers).toMatchObject({ 'cache-control': cacheControl, 'content-type': contentType })

    const head = await get(path, {}, 'HEAD')
    expect(head).toMatchObject({ status: 200, text: '' })
    expect(head.headers['content-length']).toBe(String(text.length))
    const again = await get(path, { 'if-none-match': headers.etag ?? '' })
    expect(again).toMatchObject({ status: 304, text: '' })
    expect(again.headers['cache-control']).toBe(cacheControl)
  })
})

describe('there is no way to', () => {
  it.each([
    ...['/../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/%2e%2e%2fsecret.txt'],
    ...['/assets/../../secret.txt', '/assets/..%2f..%2fsecret.txt', '/..%5csecret.txt'],
    ...['/..\\secret.txt', '//secret.txt', '/%00', '/index.html%00.js', '/..%252fsecret.txt'],
    ...[
      '/.env',
      '/%2eenv',
      '/./.env',
      '/assets/../.env',
      '/.git/config',
      '/.git/',
      '/assets/',
      '/assets',
    ],
  ])('%s', async (path) => {
    const { status, text } = await get(path)
    expect([400, 404]).toContain(status)
    for (const content of ['above', 'dot', 'main-3d7c', 'the app', above]) {
      expect(text).not.toContain(content)
    }
  })

  it('a file that came later', async () => {
    await writeFile(join(above, 'app', 'later.html'), 'later')
    expect((await get('/later.html')).status).toBe(404)
  })
})

describe('what is missing', () => {
  it('is a page for a person, and JSON for a program', async () => {
    const page = await get('/nothing?code=in-the-query', { accept: 'text/html,*/*' })
    expect(page.status).toBe(404)
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.headers['cache-control']).toBe('no-store')
    expect(page.text).toContain('There is no such page')
    expect(page.text).not.toContain('nothing')

    const answer = await get('/assets/nothing.js', { accept: '*/*' })
    expect(answer.status).toBe(404)
    expect(JSON.parse(answer.text)).toEqual({ error: 'not_found' })
  })

  it('under the proxy is told by the proxy, in the words of OAuth', async () => {
    const accept = 'text/html,*/*'
    const withoutToken = await get('/1/nothing', { accept })
    expect(withoutToken.status).toBe(401)
    const token = await get('/1/token', { accept })
    expect(token.status).toBe(405)
    const below = await get('/1/token/nothing', { accept })
    expect(below.status).toBe(404)
    const unreachable = await get('/1/user/resources', { accept, authorization: 'Bearer any' })
    expect(unreachable.status).toBe(503)
    for (const { headers, text } of [withoutToken, token, below, unreachable]) {
      expect(headers['content-type']).toMatch(/^application\/json/)
      expect(JSON.parse(text)).toMatchObject({ error_description: expect.any(String) })
      expect(headers['cache-control']).toBe('no-store')
    }
    expect((await get('/1', { accept })).text).toContain('There is no such page')
  })

  it('is logged without its query, if at all', async () => {
    await get('/missing?code=in-the-query')
    expect((await get('/%zz?code=in-the-query')).status).toBe(400)
    expect(logged).toContain('"path":"/missing"')
    expect(logged).not.toContain('in-the-query')
  })
})

describe('the metadata', () => {
  it('is at the root of the one origin', async () => {
    const { text } = await get('/.well-known/oauth-authorization-server')
    expect(JSON.parse(text)).toMatchObject({
      issuer: 'https://app.example.com',
      token_endpoint: 'https://app.example.com/1/token',
    })
  })
})

describe('a folder without the app', () => {
  it('stops the server', () => {
    const nothing = { ...environment, APP_FOLDER: above }
    expect(() => createServer(nothing)).toThrow(`There is no index.html in ${above}`)
  })
})
