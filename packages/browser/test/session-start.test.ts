import { expect, it } from 'vitest'
import { createSessionStart } from '../src/session-start.ts'
import { firstSnapshot, type Snapshot } from '../src/snapshot.ts'
import { createHandClock } from './hand-clock.ts'
import { record, session } from './stored-session.ts'

function start(present: Snapshot) {
  const clock = createHandClock()
  const listeners = new Set<(snapshot: Snapshot) => void>()
  const { signedInElsewhere } = createSessionStart({
    clock,
    state: { read: async () => record, change: async () => record },
    tokenEndpoint: { redeem: async () => session },
    snapshots: {
      subscribe(listener) {
        listeners.add(listener)
        listener(present)
        return () => listeners.delete(listener)
      },
    },
  })
  return { clock, listeners, signedInElsewhere }
}

const { signal } = new AbortController()
const signedIn = { ...firstSnapshot, session }

it('waits for the session that another tab begins', async () => {
  const { listeners, signedInElsewhere } = start(firstSnapshot)
  const arrived = signedInElsewhere(session.signedInAt, signal)
  for (const tell of listeners) tell(signedIn)
  expect(await arrived).toBe(session)
  expect(listeners.size).toBe(0)
})

it('takes the one that has arrived since, and none that is older', async () => {
  expect(await start(signedIn).signedInElsewhere(session.signedInAt, signal)).toBe(session)
  const { clock, listeners, signedInElsewhere } = start(signedIn)
  const none = signedInElsewhere(session.signedInAt + 1, signal)
  clock.advance(20_000)
  await expect(none).rejects.toMatchObject({ code: 'network_error', retryable: true })
  expect(listeners.size).toBe(0)
})
