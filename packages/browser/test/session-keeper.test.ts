import { describe, expect, it, vi } from 'vitest'
import { RoambiAuthError } from '../src/errors.ts'
import type { StoredSession } from '../src/session.ts'
import { createSessionKeeper } from '../src/session-keeper.ts'
import { signedIn } from '../src/session-record.ts'
import { createSessionState } from '../src/session-state.ts'
import type { Turn } from '../src/turn.ts'
import { createHandClock } from './hand-clock.ts'
import { memoryStore } from './memory-store.ts'
import { wholeTurn } from './simulation/world.ts'
import { record, session, start } from './stored-session.ts'

/** A keeper at `age` ms of the session's life. */
function createKeeper(age: number, turn: Turn = (task) => task()) {
  const clock = createHandClock()
  clock.advance(age)
  const state = createSessionState({
    name: 'test',
    store: memoryStore(record),
    clock,
    life: new AbortController().signal,
    onChange() {},
    onEnded() {},
    onRenewalElsewhere() {},
  })
  const renew = vi.fn(async (old: StoredSession) => {
    const now = clock.now()
    return { ...old, accessToken: `${old.accessToken}+`, renewedAt: now, expiresAt: now + 9e6 }
  })
  const onTried = vi.fn()
  const random = () => 1
  const tokenEndpoint = { renew }
  const keeper = createSessionKeeper({ state, tokenEndpoint, turn, clock, random, onTried })
  return { clock, state, keeper, renew, onTried }
}

const life = session.expiresAt - start

describe('a call for a session', () => {
  it('asks nobody while the token is good', async () => {
    const { keeper, renew } = createKeeper(1000)
    expect(await keeper.session()).toBe(session)
    expect(await keeper.session('an older one')).toBe(session)
    expect(renew).not.toHaveBeenCalled()
  })

  it('renews what is about to end, once for all who ask', async () => {
    const { keeper, renew, onTried } = createKeeper(life - 1000)
    const all = await Promise.all([keeper.session(), keeper.session(), keeper.renewIfDue()])
    expect(all[0]).toMatchObject({ accessToken: '1/abc+' })
    expect(all[1]).toBe(all[0])
    expect(renew).toHaveBeenCalledTimes(1)
    expect(onTried).toHaveBeenCalledTimes(1)
  })

  it('is not answered by a renewal that did not know that the new token is rejected', async () => {
    let end = () => {}
    // A turn whose end takes its time.
    const turn: Turn = async (task) => {
      const result = await task()
      await new Promise<void>((resolve) => {
        end = resolve
      })
      return result
    }
    const { keeper, state, renew } = createKeeper(life - 1000, (task) => turn(task))
    const first = keeper.session()
    await vi.waitFor(() => expect(state.known?.version).toBe(1))
    const second = keeper.session('1/abc+')
    await wholeTurn()
    end()
    expect(await first).toMatchObject({ accessToken: '1/abc+' })
    await vi.waitFor(() => expect(renew).toHaveBeenCalledTimes(2))
    end()
    expect(await second).toMatchObject({ accessToken: '1/abc++' })
  })

  it('tells that it has tried when it fails as well, and the timer may go on', async () => {
    const { keeper, renew, onTried } = createKeeper(life)
    renew.mockRejectedValueOnce(new Error('No network'))
    await expect(keeper.session()).rejects.toThrow('No network')
    expect(onTried).toHaveBeenCalledTimes(1)
  })

  it.each([
    ['nobody', 'signed_out'],
    ['another user', 'signed_out'],
  ])('gives nothing when %s is signed in at the end of the turn', async (who, code) => {
    const turn: Turn = async (task) => {
      const result = await task()
      await state.wipe()
      const user = { ...session, signedInAt: start + life }
      if (who !== 'nobody') await state.change((before) => signedIn(before, user, start + life))
      return result
    }
    const { keeper, state } = createKeeper(life - 1000, (task) => turn(task))
    await expect(keeper.session()).rejects.toMatchObject({ code })
  })
})

describe('a tab that waits too long for another one', () => {
  const never: Turn = () => Promise.reject(new DOMException('No turn', 'TimeoutError'))

  it('hands out the token while it lives', async () => {
    expect(await createKeeper(life - 1000, never).keeper.session()).toBe(session)
  })

  it.each([
    ['is over', life, undefined],
    ['was rejected', life - 1000, session.accessToken],
  ])('fails for now when the token %s', async (_, age, rejected) => {
    const { keeper } = createKeeper(age, never)
    const refused = { code: 'network_error', retryable: true }
    await expect(keeper.session(rejected)).rejects.toMatchObject(refused)
  })

  it('hands out nothing once the user has signed out', async () => {
    const { keeper, state } = createKeeper(life - 1000, async () => {
      await state.wipe()
      throw new DOMException('No turn', 'TimeoutError')
    })
    await expect(keeper.session()).rejects.toMatchObject({ code: 'network_error' })
  })
})

describe('a renewal in the background', () => {
  it('is begun when it is due, or when another tab has not ended its own', async () => {
    const { keeper, state, renew } = createKeeper(1000)
    await keeper.renewIfDue()
    expect(renew).not.toHaveBeenCalled()
    await state.change((before) => ({ ...before, renewalStartedAt: start }))
    await keeper.renewIfDue()
    expect(renew).toHaveBeenCalledTimes(1)
  })

  it('never fails, and is told to who asks next', async () => {
    const { keeper, renew } = createKeeper(life)
    renew.mockRejectedValueOnce(new Error('No network'))
    await keeper.renewIfDue()
    await expect(keeper.session()).rejects.toMatchObject({ code: 'temporarily_unavailable' })
  })

  it('waits as it was asked to, also when the clock was set back before that', async () => {
    const { clock, keeper, renew } = createKeeper(life + 90_000)
    clock.advance(-90_000)
    const details = { retryable: true, retryAfter: 300_000 }
    renew.mockRejectedValueOnce(new RoambiAuthError('server_error', 'Busy', details))
    await keeper.renewIfDue()
    clock.advance(100_000)
    await expect(keeper.session()).rejects.toMatchObject({ retryAfter: 200_000 })
    clock.advance(200_000)
    expect(await keeper.session()).toMatchObject({ accessToken: '1/abc+' })
  })

  it('does not wait any more when the network is back', async () => {
    const { clock, keeper, renew } = createKeeper(life)
    renew.mockRejectedValueOnce(new Error('No network'))
    await keeper.renewIfDue()
    clock.advance(1)
    keeper.forgetFailures()
    expect(await keeper.session()).toMatchObject({ accessToken: '1/abc+' })
  })

  it('is wanted for an hour after the last call', async () => {
    const { clock, keeper } = createKeeper(0)
    clock.advance(3_599_999)
    expect(keeper.isInUse()).toBe(true)
    clock.advance(1)
    expect(keeper.isInUse()).toBe(false)
    await keeper.session()
    expect(keeper.isInUse()).toBe(true)
  })
})
