import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { Sandbox } from '../src/index.ts'
import { exchange, refresh, signIn, start, type TokenAnswer, token } from './start.ts'

const success = {
  access_token: expect.stringMatching(/^1\/[\w-]{20,}$/),
  expires_in: 86400,
  refresh_token: expect.stringMatching(/^[0-9a-f]{32,}$/),
  token_type: 'bearer',
}

// `npx pnpm test` needs Node and npm alone; CI has curl, or fails.
const withoutCurl = spawnSync('curl', ['--version']).status !== 0 && process.env.CI !== 'true'

test.skipIf(withoutCurl)(
  "the guide's curl exchanges a code, and then refreshes with the spent code beside",
  async () => {
    const sandbox = await start()
    const parameters = exchange(sandbox)
    const issued = await curl(sandbox, parameters)
    expect(issued).toEqual({ status: 200, json: success })
    const { refresh_token } = issued.json as TokenAnswer
    const renewed = await curl(sandbox, {
      ...parameters,
      refresh_token,
      grant_type: 'refresh_token',
    })
    expect(renewed).toEqual({ status: 200, json: success })
  },
)

test("the Java SDK's code exchange names its grant type", async () => {
  const sandbox = await start()
  const parameters = { ...exchange(sandbox), grant_type: 'authorization_code' }
  const answer = await token(sandbox, parameters)
  expect(answer.status).toBe(200)
  expect(answer.json).toEqual(success)
  expect(answer.headers.get('content-type')).toMatch('application/json')
})

test("the Java SDK's refresh sends neither code nor redirect URI", async () => {
  const sandbox = await start({ tokenLifetime: 30 })
  const issued = await signIn(sandbox)
  const answer = await refresh(sandbox, issued.refresh_token)
  expect(answer.json).toEqual({ ...success, expires_in: 30 })
  expect((answer.json as TokenAnswer).access_token).not.toBe(issued.access_token)
})

test('each request to the token endpoint is noted with its parameters and its status', async () => {
  const sandbox = await start()
  const parameters = exchange(sandbox)
  await token(sandbox, parameters)
  await refresh(sandbox, 'dead')
  const { client_id, client_secret } = parameters
  const renewal = { client_id, client_secret, refresh_token: 'dead', grant_type: 'refresh_token' }
  expect(sandbox.tokenRequests).toEqual([
    { grantType: 'authorization_code', parameters, status: 200 },
    { grantType: 'refresh_token', parameters: renewal, status: 400 },
  ])
})

async function curl(sandbox: Sandbox, parameters: Record<string, string>) {
  const data = Object.entries(parameters).flatMap(([name, value]) => ['-d', `${name}=${value}`])
  const args = ['-s', '-w', '\n%{http_code}', `${sandbox.apiUrl}/token`, ...data, '-X', 'POST']
  const { stdout } = await promisify(execFile)('curl', args)
  const [body = '', status] = stdout.split('\n')
  return { status: Number(status), json: JSON.parse(body) }
}
