import { expect, it, vi } from 'vitest'
import { listen, useBackend } from './backend.ts'

const backend = useBackend()

it('signing out needs no network: nothing is lost but the revocation', async () => {
  const other = backend.openTab()
  await backend.signIn(other)
  const heard = listen(other)
  const noNetwork = vi.fn<typeof fetch>(() => Promise.reject(new TypeError('Failed to fetch')))
  const roambi = backend.openTab({ fetch: noNetwork })
  await roambi.getAccessToken()
  await roambi.logout()
  expect(roambi.getSnapshot()).toMatchObject({ status: 'signed-out', session: null })
  expect(await backend.secrets()).toEqual([])
  await vi.waitFor(() => expect(heard.at(-1)).toBe('signed-out: signed-out elsewhere'))
  expect(noNetwork.mock.calls.map(([url]) => url)).toEqual([expect.stringMatching(/\/1\/revoke$/)])
})
