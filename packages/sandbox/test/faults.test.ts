import { expect, test } from 'vitest'
import type { Fault } from '../src/index.ts'
import { api, ask, exchange, refresh, signIn, start, token } from './start.ts'

test('the fault html is an error page with status 502, once', async () => {
  const sandbox = await start()
  sandbox.failNext('html')
  const answer = await token(sandbox, exchange(sandbox))
  expect(answer).toMatchObject({ status: 502, text: expect.stringMatching(/^<html>/) })
  expect(answer.headers.get('content-type')).toMatch('text/html')
  expect(await token(sandbox, exchange(sandbox))).toMatchObject({ status: 200 })
})

test('the fault internal_server_error is the documented JSON', async () => {
  const sandbox = await start()
  sandbox.failNext('internal_server_error')
  const answer = await token(sandbox, exchange(sandbox))
  expect(answer).toMatchObject({ status: 400, json: { error: 'internal_server_error' } })
})

test('a status and a whole answer are faults too, in the order of the calls', async () => {
  const sandbox = await start()
  sandbox.failNext(503, { times: 2 })
  const contentType = 'application/problem+json'
  sandbox.failNext({ status: 429, contentType, headers: { 'retry-after': '7' }, body: '{}' })
  const answers = []
  for (let count = 1; count <= 4; count++) answers.push(await token(sandbox, exchange(sandbox)))
  expect(answers.map(({ status, text }) => [status, text.slice(0, 2)])).toEqual([
    [503, ''],
    [503, ''],
    [429, '{}'],
    [200, '{"'],
  ])
  expect(answers[2]?.headers.get('retry-after')).toBe('7')
  expect(answers[2]?.headers.get('content-type')).toMatch(contentType)
})

test('a faulty request is not carried out: its code is good afterwards', async () => {
  const sandbox = await start()
  const parameters = exchange(sandbox)
  sandbox.failNext('reset')
  await expect(token(sandbox, parameters)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } })
  expect(await token(sandbox, parameters)).toMatchObject({ status: 200 })
  expect(sandbox.tokenRequests.map(({ status }) => status)).toEqual([0, 200])
})

test('a dropped answer is carried out: the refresh token has rotated', async () => {
  const sandbox = await start({ rotation: 'strict' })
  const { refresh_token } = await signIn(sandbox)
  sandbox.failNext('drop-answer')
  await expect(refresh(sandbox, refresh_token)).rejects.toMatchObject({
    cause: { code: 'ECONNRESET' },
  })
  expect(await refresh(sandbox, refresh_token)).toMatchObject({ status: 400 })
})

test('a hanging request is noted without a status, and closing frees it promptly', async () => {
  const sandbox = await start()
  const { access_token } = await signIn(sandbox)
  const faults: Fault[] = ['hang', 'hang']
  for (const fault of faults) sandbox.failNext(fault, { on: 'api' })
  const requests = faults.map(() => api(sandbox, '/user/resources', access_token))
  const outcomes = Promise.allSettled(requests)
  await expect.poll(() => sandbox.apiRequests.length).toBe(2)
  expect(sandbox.apiRequests.map(({ status }) => status)).toEqual([0, 0])
  const before = performance.now()
  await sandbox.close()
  expect(performance.now() - before).toBeLessThan(1000)
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})

test('a fault strikes only its place', async () => {
  const sandbox = await start()
  sandbox.failNext(500, { on: 'api' })
  sandbox.failNext(501, { on: 'authorize', times: 3 })
  const { access_token } = await signIn(sandbox)
  expect(await api(sandbox, '/user/resources', access_token)).toMatchObject({ status: 500 })
  expect(await ask(`${sandbox.apiUrl}/authorize`)).toMatchObject({ status: 501 })
  const post = { method: 'POST' }
  expect(await ask(`${sandbox.apiUrl}/authorize`, post)).toMatchObject({ status: 501 })
  expect(await ask(`${sandbox.url}/sign-in`, post)).toMatchObject({ status: 501 })
  expect(await api(sandbox, '/user/resources', access_token)).toMatchObject({ status: 200 })
})
