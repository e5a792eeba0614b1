import { expect, test } from 'vitest'
import { exchange, start, token } from './start.ts'

test('a code is good for one exchange', async () => {
  const sandbox = await start()
  const parameters = exchange(sandbox)
  expect(await token(sandbox, parameters)).toMatchObject({ status: 200 })
  expect(await token(sandbox, parameters)).toMatchObject({
    status: 400,
    json: { error: 'invalid_grant', error_description: 'Invalid user credentials' },
  })
})

test('a code lives ten minutes', async () => {
  let time = 0
  const sandbox = await start({ now: () => time })
  const early = exchange(sandbox)
  const late = exchange(sandbox)
  time = 599_999
  expect(await token(sandbox, early)).toMatchObject({ status: 200 })
  time = 600_000
  expect(await token(sandbox, late)).toMatchObject({ json: { error: 'invalid_grant' } })
})

test('a code for another client is an invalid grant', async () => {
  const sandbox = await start()
  const answer = await token(sandbox, exchange(sandbox, sandbox.issueCode({ clientId: 'other' })))
  expect(answer).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
})

test('a code for another redirect URI is a mismatch', async () => {
  const sandbox = await start()
  const code = sandbox.issueCode({ redirectUri: 'http://localhost:5173/other.html' })
  const answer = await token(sandbox, exchange(sandbox, code))
  expect(answer).toMatchObject({ status: 400, json: { error: 'redirect_url_mismatch' } })
})
