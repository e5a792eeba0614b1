import { expect, test } from 'vitest'
import { api, ask, refresh, signIn, start, type TokenAnswer } from './start.ts'

const path = '/user/resources'

test('a request without a token is an invalid session', async () => {
  const sandbox = await start()
  for (const authorization of [undefined, 'Basic am9hbg==', 'Bearer']) {
    const headers = authorization === undefined ? {} : { authorization }
    const answer = await ask(`${sandbox.apiUrl}${path}`, { headers })
    expect(answer).toMatchObject({ status: 401, json: { error: 'invalid_session' } })
  }
})

test('an unknown access token is an invalid token', async () => {
  const answer = await api(await start(), path, '1/made-up')
  expect(answer).toMatchObject({ status: 401, json: { error: 'invalid_token' } })
})

test('an access token dies with its lifetime', async () => {
  let time = 0
  const sandbox = await start({ tokenLifetime: 30, now: () => time })
  const { access_token } = await signIn(sandbox)
  time = 29_999
  expect(await api(sandbox, path, access_token)).toMatchObject({ status: 200 })
  time = 30_000
  expect(await api(sandbox, path, access_token)).toMatchObject({
    status: 401,
    json: { error: 'expired_token' },
  })
})

test('a renewal leaves the older access token alive', async () => {
  const sandbox = await start()
  const { access_token, refresh_token } = await signIn(sandbox)
  const renewed = (await refresh(sandbox, refresh_token)).json as TokenAnswer
  expect(await api(sandbox, path, access_token)).toMatchObject({ status: 200 })
  expect(await api(sandbox, path, renewed.access_token)).toMatchObject({ status: 200 })
})

test('the hundred and first request in a minute is refused, for this access token alone', async () => {
  let time = 0
  const sandbox = await start({ now: () => time })
  const [first, second] = [await signIn(sandbox), await signIn(sandbox)]
  for (let count = 1; count <= 100; count++) {
    expect((await api(sandbox, path, first.access_token)).status).toBe(200)
  }
  expect(await api(sandbox, path, first.access_token)).toMatchObject({
    status: 503,
    json: { error: 'service_unavailable', error_description: 'Rate limit exceeded' },
  })
  expect(await api(sandbox, path, second.access_token)).toMatchObject({ status: 200 })
  time = 60_000
  expect(await api(sandbox, path, first.access_token)).toMatchObject({ status: 200 })
})

test('the rate limit has the variant that the Java SDK knows', async () => {
  const sandbox = await start({ rateLimit: 1, rateLimitStatus: 403 })
  const { access_token } = await signIn(sandbox)
  await api(sandbox, path, access_token)
  const answer = await api(sandbox, path, access_token)
  expect(answer).toMatchObject({ status: 403, text: '403 Forbidden (Rate Limit Exceeded)' })
  expect(answer.headers.get('content-type')).toMatch('text/plain')
})
