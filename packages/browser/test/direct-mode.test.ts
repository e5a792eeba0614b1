// An app whose users go to Roambi's own page: the proxy is there for the token requests alone.

import { expect, it } from 'vitest'
import { nameOfUser, renew, useBackend } from './backend.ts'
import { userAnswers } from './popup.ts'

const backend = useBackend({ mode: 'direct' })

it('signs in without an issuer, and renews with the key of the sign-in', async () => {
  const roambi = backend.openTab()
  const visited = userAnswers(() => ({ code: backend.sandbox.issueCode() }))
  await roambi.login()
  expect(visited.map(({ origin }) => origin)).toEqual([backend.sandbox.url])
  await renew(roambi)
  expect(await nameOfUser(roambi)).toBe('Joan Harris')
  expect(backend.sent()).toEqual(['authorization_code', 'refresh_token'])
  expect((await backend.stored()).dpopKey.privateKey.extractable).toBe(false)
})

it('does not believe an answer that names an issuer', async () => {
  const roambi = backend.openTab()
  userAnswers(
    () => ({ code: backend.sandbox.issueCode() }),
    ({ searchParams }) => searchParams.set('iss', 'https://auth.example.com'),
  )
  await expect(roambi.login()).rejects.toMatchObject({ code: 'invalid_callback' })
  expect(backend.sent()).toEqual([])
})
