import { describe, expect, it } from 'vitest'
import { createDpopKey } from '../src/dpop-key.ts'
import type { StoredSession } from '../src/session.ts'
import { createSessionKeeper } from '../src/session-keeper.ts'
import { createSessionState } from '../src/session-state.ts'
import { memoryStore } from './memory-store.ts'

const session: StoredSession = {
  accessToken: '1/abc',
  refreshToken: 'b10a59',
  dpopKey: await createDpopKey(),
  signedInAt: 0,
  renewedAt: 0,
  expiresAt: 86_400_000,
}

/** A keeper at `now` ms whose turn to renew never comes. */
function waitingKeeper(now: number, whileWaiting = async () => {}) {
  const state = createSessionState('test', memoryStore(session))
  const locks = {
    async request() {
      await whileWaiting()
      throw new DOMException('The turn did not come', 'TimeoutError')
    },
  } as unknown as LockManager
  const tokenEndpoint = { renew: () => Promise.reject(new Error('not asked')) }
  const keeper = createSessionKeeper({ name: 'test', state, tokenEndpoint, now: () => now, locks })
  return { state, keeper }
}

describe('a tab that waits too long for another one', () => {
  it('hands out the token while it lives', async () => {
    const { keeper } = waitingKeeper(session.expiresAt - 1000)
    expect(await keeper.session()).toEqual(session)
  })

  it('fails for now when the token is over', async () => {
    const { keeper } = waitingKeeper(session.expiresAt)
    await expect(keeper.session()).rejects.toMatchObject({ code: 'network_error', retryable: true })
  })

  it('fails for now when the token was rejected', async () => {
    const { keeper } = waitingKeeper(session.expiresAt - 1000)
    const refused = keeper.session(session.accessToken)
    await expect(refused).rejects.toMatchObject({ code: 'network_error' })
  })

  it('hands out nothing once the user has signed out', async () => {
    const { state, keeper } = waitingKeeper(session.expiresAt - 1000, () => state.clear())
    await expect(keeper.session()).rejects.toMatchObject({ code: 'network_error' })
  })
})
