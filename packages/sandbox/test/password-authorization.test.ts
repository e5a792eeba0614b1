import { expect, test } from 'vitest'
import type { Sandbox } from '../src/index.ts'
import { type Answer, ask, exchange, start, token } from './start.ts'

const joan = { username: 'joan@scdp.com', password: 'roambi' }
const basic = basicHeader('joan@scdp.com:roambi')

test("the guide's form with the user's password redirects with a code and the state", async () => {
  const sandbox = await start()
  await expectRedirect(
    sandbox,
    await authorize(sandbox, { ...guideForm(sandbox), ...joan, state: 'x' }),
    'x',
  )
})

test("the guide's form takes the user's password as HTTP Basic too", async () => {
  const sandbox = await start()
  await expectRedirect(sandbox, await authorize(sandbox, guideForm(sandbox), basic))
})

test("the Java SDK's form is a query with HTTP Basic and no secret", async () => {
  const sandbox = await start()
  const { client_secret: _, ...query } = guideForm(sandbox)
  const url = `${sandbox.apiUrl}/authorize?${new URLSearchParams(query)}`
  const answer = await ask(url, { method: 'POST', headers: { authorization: basic } })
  await expectRedirect(sandbox, answer)
})

test.each([
  ['a wrong password', { ...joan, password: 'x' }, 401, 'invalid_grant'],
  ['no password', {}, 401, 'invalid_grant'],
  ['a wrong secret', { ...joan, client_secret: 'x' }, 401, 'invalid_client'],
  ['an unknown client', { ...joan, client_id: 'x' }, 401, 'invalid_client'],
  ['no client', { ...joan, client_id: '' }, 400, 'invalid_request'],
  [
    'another redirect URI',
    { ...joan, redirect_uri: 'https://evil.example/' },
    400,
    'redirect_url_mismatch',
  ],
  ['another response type', { ...joan, response_type: 'token' }, 400, 'invalid_request'],
])('%s is refused in JSON', async (_name, changes, status, error) => {
  const sandbox = await start()
  const answer = await authorize(sandbox, { ...guideForm(sandbox), ...changes })
  expect(answer).toMatchObject({ status, json: { error, error_description: expect.any(String) } })
  expect(answer.headers.get('location')).toBeNull()
})

test('wrong HTTP Basic credentials are refused', async () => {
  const sandbox = await start()
  const answer = await authorize(sandbox, guideForm(sandbox), basicHeader('joan@scdp.com:x'))
  expect(answer).toMatchObject({ status: 401, json: { error: 'invalid_grant' } })
})

async function expectRedirect(sandbox: Sandbox, answer: Answer, state?: string): Promise<void> {
  expect(answer.status).toBe(302)
  const location = String(answer.headers.get('location'))
  const [, code, ...rest] = /^(?:[^?]+)\?code=(\w+)(?:&state=(.+))?$/.exec(location) ?? []
  expect(rest).toEqual([state])
  expect(answer.headers.get('content-type')).toMatch('text/html')
  const link = location.replace('&', '&amp;')
  expect(answer.text).toContain(`You are being <a href="${link}">redirected</a>`)
  expect(await token(sandbox, exchange(sandbox, code))).toMatchObject({ status: 200 })
}

function guideForm({ client }: Sandbox) {
  return {
    client_id: client.clientId,
    client_secret: client.clientSecret,
    redirect_uri: client.redirectUri,
    response_type: 'code',
  }
}

function authorize(sandbox: Sandbox, form: Record<string, string>, authorization?: string) {
  return ask(`${sandbox.apiUrl}/authorize`, {
    method: 'POST',
    body: new URLSearchParams(form),
    ...(authorization && { headers: { authorization } }),
  })
}

function basicHeader(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString('base64')}`
}
