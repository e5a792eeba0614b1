import { expect, test } from 'vitest'
import { locationOf, startApp } from './app.ts'
import { callbackUrl, client, publicUrl, redirectUri } from './stage.ts'

test('a sign-in goes over Roambi and ends with tokens and a sealed refresh token', async () => {
  const { app, sandbox } = await startApp()

  const there = await app.authorize()
  expect(there.status).toBe(303)
  const { origin, pathname, searchParams } = locationOf(there)
  expect(origin + pathname).toBe(`${sandbox.apiUrl}/authorize`)
  expect(Object.fromEntries(searchParams)).toEqual({
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: callbackUrl,
    state: expect.stringMatching(/^[\w-]{22}$/),
  })

  const back = await app.visit(
    `/1/callback?code=${sandbox.issueCode()}&state=${searchParams.get('state')}`,
  )
  expect(back.status).toBe(303)
  const url = locationOf(back)
  expect(url.origin + url.pathname).toBe(redirectUri)
  const { code = '', ...rest } = Object.fromEntries(url.searchParams)
  expect(rest).toEqual({ state: 'state-of-the-app', iss: publicUrl })
  expect(app.cookies.size).toBe(0)

  const answer = await app.redeem(code)
  expect(answer.status).toBe(200)
  expect(answer.body).toEqual({
    access_token: expect.stringMatching(/^1\//),
    token_type: 'Bearer',
    expires_in: 86400,
    refresh_token: expect.stringMatching(/^eyJ/),
  })
  const renewed = await app.refresh(String(answer.body.refresh_token))
  expect(renewed).toMatchObject({ status: 200, body: { token_type: 'Bearer' } })
  expect(renewed.body.access_token).not.toBe(answer.body.access_token)
  expect(sandbox.tokenRequests).toHaveLength(2)
})
