import { expect, it, vi } from 'vitest'
import { listen, useBackend } from './backend.ts'

const backend = useBackend()

it('another sign-in in one tab is the session of all tabs, and nothing stays of the first', async () => {
  const [one, two] = [backend.openTab(), backend.openTab()]
  const first = await backend.signIn(one)
  const heard = listen(two)
  await vi.waitFor(() => expect(two.getSnapshot().session).toEqual(first))
  const { accessToken, refreshToken } = await backend.stored()

  const second = await backend.signIn(one)
  expect(second.signedInAt).toBeGreaterThan(first.signedInAt)
  await vi.waitFor(() => expect(heard.at(-1)).toBe('signed-in: signed-in elsewhere'))
  expect(two.getSnapshot().session).toEqual(second)
  expect(await two.getAccessToken()).toBe(await one.getAccessToken())
  expect(await two.getAccessToken()).not.toBe(accessToken)
  const secrets = await backend.secrets()
  for (const old of [accessToken, refreshToken]) expect(secrets).not.toContain(old)
})
