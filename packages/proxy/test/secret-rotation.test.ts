// The secret is being changed: the proxy has the new one and the old one.
import { text } from 'node:stream/consumers'
import { startSandbox } from '@roambi-auth/sandbox'
import { describe, expect, onTestFinished, test } from 'vitest'
import { client, codeForm, plain, redirectUri, startProxy, startUpstream } from './stage.ts'

const clientSecret = ['new-secret', 'old-secret']

/** A Roambi that takes one secret after another; it remembers which ones were sent. */
async function startRoambi(taken: string) {
  const sandbox = await startSandbox({ port: 0, ...client, redirectUri })
  onTestFinished(() => sandbox.close())
  const state = { taken, answer: undefined as undefined | { status: number; body: string } }
  const sent: (string | null)[] = []
  const { apiUrl } = await startUpstream(async (request, response) => {
    const form = new URLSearchParams(await text(request))
    const secret = form.get('client_secret')
    sent.push(secret)
    if (state.answer) return response.writeHead(state.answer.status).end(state.answer.body)
    form.set('client_secret', secret === state.taken ? client.clientSecret : 'wrong')
    const answer = await fetch(`${sandbox.apiUrl}/token`, { method: 'POST', body: form })
    response.writeHead(answer.status).end(await answer.text())
  })
  return { sandbox, state, sent, apiUrl }
}

test('the first one is tried once, then the one that is taken, until the other one is', async () => {
  const { sandbox, state, sent, apiUrl } = await startRoambi('old-secret')
  const proxy = await startProxy({ ...plain, apiUrl, clientSecret })
  const redeem = async () => (await proxy.post(codeForm(sandbox.issueCode()))).status

  expect(await redeem()).toBe(200)
  expect(await redeem()).toBe(200)
  expect(sent.splice(0)).toEqual(['new-secret', 'old-secret', 'old-secret'])

  state.taken = 'new-secret'
  expect(await redeem()).toBe(200)
  expect(await redeem()).toBe(200)
  expect(sent).toEqual(['old-secret', 'new-secret', 'new-secret'])
  for (const secret of clientSecret) expect(proxy.log()).not.toContain(secret)
})

test('a session lives on when the program starts again with both, then with the new one', async () => {
  const { sandbox, state, apiUrl } = await startRoambi('old-secret')
  let form = codeForm(sandbox.issueCode())
  for (const [taken, secrets] of [
    ['old-secret', ['old-secret']],
    ['old-secret', clientSecret],
    ['new-secret', clientSecret],
    ['new-secret', ['new-secret']],
  ] as const) {
    state.taken = taken
    const proxy = await startProxy({ ...plain, apiUrl, clientSecret: secrets })
    const { status, body } = await proxy.post(form)
    expect(status).toBe(200)
    form = {
      grant_type: 'refresh_token',
      client_id: client.clientId,
      refresh_token: String(body.refresh_token),
    }
    await proxy.close()
  }
})

describe('the other one is sent when the first is refused, and never else', () => {
  test.each([
    [400, '{"error":"invalid_grant"}'],
    [400, '{"error":"invalid_request"}'],
    [400, '{"error":"redirect_url_mismatch"}'],
    [400, '{"error":"unauthorized_client"}'],
    [401, '{"error":"something_else"}'],
    [403, 'Rate limit exceeded'],
    [429, '{"error":"invalid_client"}'],
    [503, '{"error":"invalid_client"}'],
    [401, '<html>invalid_client</html>'],
    [302, '{"error":"invalid_client"}'],
  ])('%i %s', async (status, body) => {
    const { sandbox, state, sent, apiUrl } = await startRoambi('old-secret')
    state.answer = { status, body }
    const proxy = await startProxy({ ...plain, apiUrl, clientSecret })
    expect((await proxy.post(codeForm(sandbox.issueCode()))).status).toBeGreaterThanOrEqual(400)
    expect(sent).toEqual(['new-secret'])
  })

  test('500 repeats the same one', async () => {
    const { sandbox, state, sent, apiUrl } = await startRoambi('old-secret')
    state.answer = { status: 500, body: '{"error":"internal_server_error"}' }
    const proxy = await startProxy({ ...plain, apiUrl, clientSecret })
    expect(await proxy.post(codeForm(sandbox.issueCode()))).toMatchObject({ status: 503 })
    expect(sent).toEqual(['new-secret', 'new-secret'])
  })
})

test('with both refused it is the deployment that is at fault: the code is not spent', async () => {
  const { sandbox, state, sent, apiUrl } = await startRoambi('a-third-secret')
  const proxy = await startProxy({ ...plain, apiUrl, clientSecret })
  const form = codeForm(sandbox.issueCode())
  expect(await proxy.post(form)).toMatchObject({
    status: 502,
    body: { error: 'server_error', error_description: expect.stringContaining('credentials') },
  })
  expect(sent).toEqual(clientSecret)
  state.taken = 'old-secret'
  expect(await proxy.post(form)).toMatchObject({ status: 200 })
})
