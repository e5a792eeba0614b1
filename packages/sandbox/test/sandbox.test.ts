import { expect, test } from 'vitest'
import { startSandbox } from '../src/index.ts'
import { ask, start } from './start.ts'

test('a sandbox tells where it listens, who the client is and who may sign in', async () => {
  const sandbox = await start({ clientId: 'mine', clientSecret: 'hush' })
  expect(sandbox.url).toMatch(/^http:\/\/localhost:\d+$/)
  expect(sandbox.apiUrl).toBe(`${sandbox.url}/1`)
  expect(sandbox.client).toEqual({
    clientId: 'mine',
    clientSecret: 'hush',
    redirectUri: 'http://localhost:4001/1/callback',
  })
  expect(sandbox.account).toEqual({ email: 'joan@scdp.com', password: 'roambi' })
})

test.each([
  ['127.0.0.1', /^http:\/\/127\.0\.0\.1:\d+$/],
  ['0.0.0.0', /^http:\/\/localhost:\d+$/],
])('on host %s its address is one to open', async (host, address) => {
  const sandbox = await start({ host })
  expect(sandbox.url).toMatch(address)
  expect(await ask(`${sandbox.url}/sandbox`)).toMatchObject({ status: 200 })
})

test('the root is a page that explains itself', async () => {
  const sandbox = await start()
  const { text, headers } = await ask(sandbox.url)
  expect(headers.get('content-type')).toMatch('text/html')
  expect(text).toContain('Test account: joan@scdp.com / roambi')
  expect(text).toContain(`curl -X POST '${sandbox.url}/sandbox/fail?fault=html&amp;times=2`)
  expect(text).not.toContain(sandbox.client.clientSecret)
  const dialog = /href="([^"]+authorize[^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
  expect(await ask(`${sandbox.url}${dialog}`)).toMatchObject({ status: 200 })
})

test('an unknown path is a 404 in JSON', async () => {
  const sandbox = await start()
  for (const path of ['/1/nowhere', '/1/token', '/1']) {
    expect(await ask(sandbox.url + path)).toMatchObject({
      status: 404,
      json: { error: 'not_found' },
    })
  }
})

test('a taken port rejects with EADDRINUSE', async () => {
  const sandbox = await start()
  const port = Number(new URL(sandbox.url).port)
  await expect(startSandbox({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
