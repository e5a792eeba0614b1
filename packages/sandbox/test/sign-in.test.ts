import { expect, test } from 'vitest'
import { authorizationRequest, hiddenFields, open, press, submit } from './dialog.ts'
import { ask, exchange, post, start, token } from './start.ts'

test('Allow with the right password returns with a code that buys tokens, and the state', async () => {
  const sandbox = await start()
  const state = 'a b&c=d/é'
  const answer = await press(sandbox, 'allow', { state }, sandbox.account)
  expect(answer.status).toBe(302)
  const location = new URL(String(answer.headers.get('location')))
  expect(location.href.split('?')[0]).toBe(sandbox.client.redirectUri)
  expect(location.searchParams.get('state')).toBe(state)
  const code = String(location.searchParams.get('code'))
  expect(await token(sandbox, exchange(sandbox, code))).toMatchObject({ status: 200 })
})

test('a redirect URI keeps its own query, and no state is made up', async () => {
  const redirectUri = 'http://localhost:5173/callback?tenant=a%20b'
  const sandbox = await start({ redirectUri })
  const answer = await press(sandbox, 'allow', {}, sandbox.account)
  expect(answer.headers.get('location')).toMatch(
    /^http:\/\/localhost:5173\/callback\?tenant=a%20b&code=\w+$/,
  )
})

test('Deny needs no password and returns with access_denied', async () => {
  const sandbox = await start()
  const answer = await press(sandbox, 'deny', { state: 'xyz' })
  expect(answer.status).toBe(302)
  expect(answer.headers.get('location')).toBe(
    `${sandbox.client.redirectUri}?error=access_denied&state=xyz`,
  )
})

test('a wrong password shows the dialog again, with the email and an alert', async () => {
  const sandbox = await start()
  const first = await press(
    sandbox,
    'allow',
    { state: 'xyz' },
    { email: 'joan@scdp.com', password: 'x' },
  )
  expect(first.status).toBe(401)
  expect(first.headers.get('location')).toBeNull()
  expect(first.text).toMatch(/role="alert">Wrong email or password/)
  expect(first.text).toContain('value="joan@scdp.com"')
  const second = await submit(sandbox, first, { decision: 'allow', ...sandbox.account })
  expect(second.headers.get('location')).toMatch(/\?code=\w+&state=xyz$/)
})

test('a form without email and password is refused like a wrong password', async () => {
  const sandbox = await start()
  const dialog = await open(sandbox)
  const answer = await submit(sandbox, dialog, { decision: 'allow' })
  expect(answer).toMatchObject({ status: 401, text: expect.stringMatching('role="alert"') })
})

test('the dialog names the client, the way back and the test account, and fills in nothing', async () => {
  const sandbox = await start()
  const { text, headers } = await open(sandbox)
  expect(headers.get('content-type')).toMatch('text/html')
  expect(text).toContain('<title>Sign in to Roambi Business (sandbox)</title>')
  expect(text).toContain(`<dd>${sandbox.client.clientId}</dd>`)
  expect(text).toContain(`<dd>${sandbox.client.redirectUri}</dd>`)
  expect(text).toContain('Test account: joan@scdp.com / roambi')
  expect(text).not.toMatch(/value="(joan|roambi)/)
  expect(text).not.toMatch(/<script|src=|role="alert"/)
})

test.each([
  ['an unknown client', { client_id: 'stranger' }, 401],
  ['another redirect URI', { redirect_uri: 'https://evil.example/' }, 400],
  ['a redirect URI with a slash more', { redirect_uri: 'http://localhost:4001/1/callback/' }, 400],
  ['another response type', { response_type: 'token' }, 400],
])(
  '%s gets a page and no redirect, in the dialog and in its form',
  async (_name, changes, status) => {
    const sandbox = await start()
    const dialog = await open(sandbox, changes)
    const parameters = { ...authorizationRequest(sandbox), ...changes }
    const form = await post(`${sandbox.url}/sign-in`, { ...parameters, decision: 'deny' })
    for (const answer of [dialog, form]) {
      expect(answer.status).toBe(status)
      expect(answer.headers.get('location')).toBeNull()
      expect(answer.text).toMatch(/<h1>This sign-in can’t start<\/h1>/)
    }
  },
)

test.each(['client_id', 'redirect_uri', 'response_type'])(
  'a request without %s gets a page',
  async (name) => {
    const sandbox = await start()
    const { [name]: _, ...rest } = authorizationRequest(sandbox)
    const answer = await ask(`${sandbox.apiUrl}/authorize?${new URLSearchParams(rest)}`)
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('This sign-in can’t start')
  },
)

test('HTML in parameters stays text', async () => {
  const attack = `"><script>alert('1')</script>`
  const sandbox = await start({ clientId: attack })
  const dialog = await open(sandbox, { state: attack })
  const again = await submit(sandbox, dialog, { email: attack, password: 'x', decision: 'allow' })
  const redirect = await submit(sandbox, dialog, { ...sandbox.account, decision: 'allow' })
  for (const { text } of [dialog, again, redirect]) expect(text).not.toContain('<script')
  expect(hiddenFields(again.text)).toMatchObject({ client_id: attack, state: attack })
})

test('the lever coop sends its header with the dialog, its errors and its redirects', async () => {
  const sandbox = await start()
  expect((await open(sandbox)).headers.get('cross-origin-opener-policy')).toBeNull()
  sandbox.set({ coop: 'same-origin' })
  const refused = await open(sandbox, { client_id: 'stranger' })
  for (const answer of [await open(sandbox), refused, await press(sandbox, 'deny')]) {
    expect(answer.headers.get('cross-origin-opener-policy')).toBe('same-origin')
  }
})
