// @vitest-environment node
import { expect, it } from 'vitest'
import { createRoambi } from '../src/index.ts'
import '../src/callback.ts'

it('is imported and made without a DOM, and opens nothing', async () => {
  const before = process.getActiveResourcesInfo()
  const roambi = createRoambi({ clientId: 'client-1', proxyUrl: 'https://auth.example.com' })
  const told: unknown[] = []
  roambi.subscribe((snapshot) => told.push(snapshot))()
  expect(roambi.getSnapshot()).toBe(roambi.getServerSnapshot())
  expect(told).toEqual([expect.objectContaining({ status: 'loading', session: null })])
  expect(process.getActiveResourcesInfo()).toEqual(before)
})
