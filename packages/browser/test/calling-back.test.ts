import { expect, it } from 'vitest'
import { nameOfUser, useBackend } from './backend.ts'
import { userAnswers } from './popup.ts'

const backend = useBackend()

it('a listener may ask for a token, sign out and sign in, from its first call on', async () => {
  await backend.signIn(backend.openTab())
  userAnswers(() => ({ code: backend.sandbox.issueCode() }))
  const roambi = backend.openTab()
  const told: string[] = []
  const calls: Promise<unknown>[] = []
  const note = (call: Promise<unknown>) =>
    calls.push(
      call.then(
        () => 'done',
        ({ code }) => code,
      ),
    )
  await new Promise<void>((resolve) => {
    roambi.subscribe(({ status, reason }) => {
      told.push(reason)
      note(roambi.getAccessToken())
      if (reason === 'loaded') note(roambi.logout())
      if (reason === 'signed-out') note(roambi.login())
      if (reason === 'sign-in-ended' && status === 'signed-in') resolve()
    })
  })
  expect(new Set(await Promise.all(calls))).toEqual(new Set(['signed_out', 'done']))
  expect(told.slice(0, 3)).toEqual(['created', 'loaded', 'signed-out'])
  expect(await nameOfUser(roambi)).toBe('Joan Harris')
})
