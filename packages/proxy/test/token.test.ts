import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  type Answer,
  answerOf,
  appOrigin,
  client,
  codeForm,
  redirectUri,
  refreshForm,
  sealedRefreshForm,
  startPlainStage,
} from './stage.ts'

const run = promisify(execFile)

// `npx pnpm test` needs Node and npm alone; CI has curl, or fails.
const withoutCurl = spawnSync('curl', ['--version']).status !== 0 && process.env.CI !== 'true'

/** What each answer must be, tokens or not. */
function expectGuarded({ headers }: Answer) {
  expect(headers.get('content-type')).toMatch(/^application\/json/)
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('pragma')).toBe('no-cache')
}

function expectError(answer: Answer, status: number, error: string) {
  expectGuarded(answer)
  expect(answer.body).toEqual({ error, error_description: expect.any(String) })
  expect(answer.status).toBe(status)
}

describe('tokens', () => {
  test('for a code: the secret is added, and nothing else', async () => {
    const { proxy, sandbox } = await startPlainStage()
    const code = sandbox.issueCode()
    const answer = await proxy.post({ ...codeForm(code), state: 's' })
    expectGuarded(answer)
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      access_token: expect.stringMatching(/^1\//),
      expires_in: 86400,
      refresh_token: expect.stringMatching(/^eyJ/),
      token_type: 'Bearer',
    })
    expect(sandbox.tokenRequests).toMatchObject([{ status: 200 }])
    expect({ ...sandbox.tokenRequests[0]?.parameters }).toEqual({
      grant_type: 'authorization_code',
      client_id: client.clientId,
      client_secret: client.clientSecret,
      redirect_uri: redirectUri,
      code,
    })
  })

  test('for a refresh token: all that the guide and the Java SDK send goes on', async () => {
    const { proxy, sandbox } = await startPlainStage()
    const code = sandbox.issueCode()
    const { body } = await proxy.post(codeForm(code))
    expect(await proxy.post(refreshForm(String(body.refresh_token)))).toMatchObject({ status: 200 })
    expect({ ...sandbox.tokenRequests[1]?.parameters }).toEqual({
      grant_type: 'refresh_token',
      client_id: client.clientId,
      client_secret: client.clientSecret,
      refresh_token: expect.stringMatching(/^[0-9a-f]{64}$/),
      code,
      redirect_uri: redirectUri,
    })
  })

  test.skipIf(withoutCurl)(
    "for both of the guide's curl calls, without client_secret",
    async () => {
      const { proxy, sandbox } = await startPlainStage()
      const code = sandbox.issueCode()
      const curl = async (parameters: string[]) => {
        const data = parameters.flatMap((parameter) => ['-d', parameter])
        const url = `${proxy.url}/1/token`
        const { stdout } = await run('curl', ['--silent', url, ...data, '-X', 'POST'])
        return JSON.parse(stdout)
      }
      const login = [`client_id=${client.clientId}`, `redirect_uri=${redirectUri}`, `code=${code}`]

      const tokens = await curl(login)
      expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 86400 })
      const renewal = [`refresh_token=${tokens.refresh_token}`, 'grant_type=refresh_token']
      const renewed = await curl([...login, ...renewal])
      expect(renewed).toMatchObject({ token_type: 'Bearer', expires_in: 86400 })
      expect(renewed.access_token).not.toBe(tokens.access_token)
    },
  )
})

describe('what is refused before the upstream is asked', () => {
  test.each<[string, Record<string, string> | string, number, string]>([
    ['an empty form', '', 400, 'invalid_client'],
    ['another client', { ...codeForm('c'), client_id: 'x' }, 400, 'invalid_client'],
    ['a secret', { ...codeForm('c'), client_secret: 'x' }, 400, 'invalid_request'],
    ['a password', { ...codeForm('c'), password: 'x' }, 400, 'invalid_request'],
    [
      'grant type password',
      { ...codeForm('c'), grant_type: 'password' },
      400,
      'unsupported_grant_type',
    ],
    [
      'a foreign redirect URI',
      { ...codeForm('c'), redirect_uri: 'https://x.y/' },
      400,
      'invalid_request',
    ],
    ['no code', { ...codeForm(''), grant_type: 'authorization_code' }, 400, 'invalid_request'],
    ['no refresh token', refreshForm(''), 400, 'invalid_request'],
    [
      'a repeated parameter',
      `${new URLSearchParams(codeForm('c'))}&code=d`,
      400,
      'invalid_request',
    ],
    ['a form of more than 16 KiB', codeForm('c'.repeat(16_384)), 413, 'invalid_request'],
  ])('%s', async (_name, form, status, error) => {
    const { proxy, sandbox } = await startPlainStage()
    expectError(await proxy.post(form), status, error)
    expect(sandbox.tokenRequests).toEqual([])
  })

  test.each<[string, Record<string, string>, number]>([
    ['an Authorization header', { authorization: 'Basic eDp5' }, 400],
    ['JSON', { 'content-type': 'application/json' }, 415],
    ['text', { 'content-type': 'text/plain' }, 415],
    ['a Content-Type that is none', { 'content-type': 'form' }, 415],
    ['a foreign origin', { origin: 'https://evil.example' }, 403],
    ['an origin that only begins like ours', { origin: `${appOrigin}.evil.example` }, 403],
    ['the origin of a sandboxed frame', { origin: 'null' }, 403],
  ])('%s', async (_name, headers, status) => {
    const { proxy, sandbox } = await startPlainStage()
    expectError(await proxy.post(codeForm(sandbox.issueCode()), headers), status, 'invalid_request')
    expect(sandbox.tokenRequests).toEqual([])
  })

  test.each([
    'client_secret',
    'client_assertion',
    'password',
    'code',
    'code_verifier',
    'refresh_token',
  ])('%s in the query, whatever the form says', async (name) => {
    const { proxy, sandbox } = await startPlainStage()
    const response = await fetch(`${proxy.url}/1/token?${name}=x`, {
      method: 'POST',
      body: new URLSearchParams(codeForm(sandbox.issueCode())),
    })
    expectError(await answerOf(response), 400, 'invalid_request')
    expect(sandbox.tokenRequests).toEqual([])
  })

  test('a request without a body', async () => {
    const { proxy, sandbox } = await startPlainStage()
    const response = await fetch(`${proxy.url}/1/token`, { method: 'POST' })
    expectError(await answerOf(response), 400, 'invalid_request')
    expect(sandbox.tokenRequests).toEqual([])
  })

  test('any method but POST', async () => {
    const { proxy, sandbox } = await startPlainStage()
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const body = method === 'GET' ? null : '{}'
      const response = await fetch(`${proxy.url}/1/token?code=c`, { method, body })
      expectError(await answerOf(response), 405, 'invalid_request')
      expect(response.headers.get('allow')).toBe('POST')
    }
    expect(sandbox.tokenRequests).toEqual([])
  })

  test('a request without Origin passes, for what is not a browser', async () => {
    const { proxy, sandbox } = await startPlainStage()
    expect(await proxy.post(codeForm(sandbox.issueCode()), {})).toMatchObject({ status: 200 })
  })

  test('a charset beside the form type is fine', async () => {
    const { proxy, sandbox } = await startPlainStage()
    const headers = { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' }
    expect(await proxy.post(codeForm(sandbox.issueCode()), headers)).toMatchObject({ status: 200 })
  })
})

describe('what the sandbox refuses', () => {
  test('a code that does not exist, and one that is spent, are invalid_grant', async () => {
    const { proxy, sandbox } = await startPlainStage()
    expectError(await proxy.post(codeForm('no-such-code')), 400, 'invalid_grant')
    const code = sandbox.issueCode()
    await proxy.post(codeForm(code))
    expectError(await proxy.post(codeForm(code)), 400, 'invalid_grant')
  })

  test('a dead refresh token is invalid_grant, though the upstream says invalid_request', async () => {
    const { proxy, sandbox } = await startPlainStage()
    const { body } = await proxy.post(codeForm(sandbox.issueCode()))
    sandbox.revokeRefreshTokens()
    expectError(await proxy.post(refreshForm(String(body.refresh_token))), 400, 'invalid_grant')
    expect(sandbox.tokenRequests.at(-1)?.status).toBe(400)
  })

  test('invalid_request on a code is invalid_grant, with a warning', async () => {
    const { proxy, sandbox } = await startPlainStage()
    sandbox.failNext({ status: 400, body: '{"error":"invalid_request"}' })
    expectError(await proxy.post(codeForm('c')), 400, 'invalid_grant')
    expect(proxy.log()).toMatch(/"level":40,.*"upstream":"invalid_request"/)
  })

  test('an error that comes with 200 counts as the error', async () => {
    const { proxy, sandbox } = await startPlainStage()
    sandbox.failNext({ status: 200, body: '{"error":"invalid_grant","access_token":"a"}' })
    expectError(await proxy.post(codeForm('c')), 400, 'invalid_grant')
  })

  test.each([403, 404, 500, 502])('invalid_grant with %i ends no session', async (status) => {
    const { proxy, sandbox } = await startPlainStage()
    sandbox.failNext({ status, body: '{"error":"invalid_grant"}' })
    expectError(await proxy.post(await sealedRefreshForm()), 502, 'server_error')
    expect(sandbox.tokenRequests).toHaveLength(1)
  })

  test('a redirect URI that is not the registered one is invalid_grant, with a warning', async () => {
    const { proxy, sandbox } = await startPlainStage(
      {},
      { redirectUri: 'https://app.example.com/other' },
    )
    expectError(await proxy.post(codeForm(sandbox.issueCode())), 400, 'invalid_grant')
    expect(proxy.log()).toContain('"level":40')
    expect(proxy.log()).toContain('redirect_url_mismatch')
  })

  test.each([{ clientSecret: 'wrong' }, { clientId: 'consumer-key-2' }])(
    'the credentials of the proxy are its own fault: %o',
    async (other) => {
      const { proxy, sandbox } = await startPlainStage({}, other)
      expectError(await proxy.post(codeForm(sandbox.issueCode())), 502, 'server_error')
      expect(proxy.log()).toContain('"level":50')
      expect(proxy.log()).toContain("the proxy's own client id or secret is refused")
    },
  )

  test('unauthorized_client likewise', async () => {
    const { proxy, sandbox } = await startPlainStage()
    sandbox.failNext({ status: 401, body: '{"error":"unauthorized_client"}' })
    expectError(await proxy.post(codeForm('c')), 502, 'server_error')
  })

  test("the upstream's description is never passed on, nor logged", async () => {
    const { proxy, sandbox } = await startPlainStage()
    const body = '{"error":"invalid_grant","error_description":"user joan@scdp.com"}'
    sandbox.failNext({ status: 400, body })
    expect(JSON.stringify((await proxy.post(codeForm('c'))).body)).not.toContain('joan')
    expect(proxy.log()).not.toContain('joan')
  })
})
