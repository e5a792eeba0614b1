import { describe, expect, it, vi } from 'vitest'
import { RoambiAuthError } from '../src/errors.ts'
import type { LoginProgress } from '../src/login-progress.ts'
import { blankRecord, expired, type SessionRecord, signedOut } from '../src/session-record.ts'
import { createSnapshots, firstSnapshot, type Snapshot } from '../src/snapshot.ts'
import { record, session, start } from './stored-session.ts'

function createState() {
  const state = {
    known: undefined as SessionRecord | undefined,
    persistence: 'persistent' as 'persistent' | 'memory',
  }
  const life = new AbortController()
  const snapshots = createSnapshots(() => state, life.signal)

  function learn(known: SessionRecord) {
    state.known = known
    snapshots.onSession({ reason: 'loaded', elsewhere: false })
    return snapshots.getSnapshot()
  }
  return { state, life, snapshots, learn }
}

describe('a snapshot', () => {
  it('is that of a server before anything is known', () => {
    expect(createState().snapshots.getSnapshot()).toBe(firstSnapshot)
    expect(firstSnapshot).toMatchObject({ status: 'loading', reason: 'created', session: null })
  })

  it('is the same object until something changes, and another one then', () => {
    const { snapshots, learn } = createState()
    const before = learn(record)
    expect(snapshots.getSnapshot()).toBe(before)
    expect(learn(record)).not.toBe(before)
  })

  it('shows the session without its tokens, and cannot be changed', () => {
    const snapshot = createState().learn(record)
    const times = { signedInAt: start, renewedAt: start, expiresAt: session.expiresAt }
    expect(snapshot).toMatchObject({ status: 'signed-in', expiresAt: session.expiresAt })
    expect(snapshot.session).toEqual(times)
    expect([Object.isFrozen(snapshot), Object.isFrozen(snapshot.session)]).toEqual([true, true])
    expect(JSON.stringify(snapshot)).not.toMatch(/1\/abc|b10a59/)
  })

  it.each<[Snapshot['status'], SessionRecord]>([
    ['signed-out', blankRecord],
    ['signed-out', signedOut(record, start)],
    ['expired', expired(record)],
  ])('is %s when nobody is signed in: %#', (status, known) => {
    expect(createState().learn(known)).toMatchObject({
      status,
      session: null,
      expiresAt: undefined,
    })
  })

  it('says what is new, whether another tab did it, and where the session is kept', () => {
    const { state, snapshots } = createState()
    state.known = record
    state.persistence = 'memory'
    snapshots.onSession({ reason: 'renewed', elsewhere: true })
    expect(snapshots.getSnapshot()).toMatchObject({
      reason: 'renewed',
      elsewhere: true,
      persistence: 'memory',
    })
  })
})

describe('a sign-in', () => {
  it.each<[LoginProgress['status'], Partial<Snapshot>]>([
    ['open', { status: 'signing-in', reason: 'window-open', signInWindow: 'open' }],
    ['maybe-closed', { reason: 'maybe-closed', signInWindow: 'maybe-closed' }],
    ['redirecting', { status: 'signing-in', reason: 'redirecting', signInWindow: undefined }],
    ['finishing', { status: 'signing-in', reason: 'finishing' }],
    ['idle', { status: 'signed-out', reason: 'sign-in-ended' }],
  ])('shows how far it is: %s', (status, expected) => {
    const { snapshots, learn } = createState()
    learn(blankRecord)
    snapshots.onLogin({ status } as LoginProgress)
    expect(snapshots.getSnapshot()).toMatchObject(expected)
  })

  it('leaves a user signed in while another one signs in', () => {
    const { snapshots, learn } = createState()
    learn(record)
    snapshots.onLogin({ status: 'open' })
    expect(snapshots.getSnapshot()).toMatchObject({ status: 'signed-in', signInWindow: 'open' })
  })

  it('shows why it failed, until the next one begins', () => {
    const { snapshots, learn } = createState()
    learn(blankRecord)
    const error = new RoambiAuthError('access_denied', 'No.')
    snapshots.onLogin({ status: 'idle', error })
    const failed = { status: 'signed-out', reason: 'sign-in-failed', error }
    expect(snapshots.getSnapshot()).toMatchObject(failed)
    snapshots.onLogin({ status: 'open' })
    expect(snapshots.getSnapshot().error).toBeUndefined()
  })
})

describe('a listener', () => {
  it('is told at once, and of each change in a task of its own', async () => {
    const { snapshots, learn } = createState()
    const listener = vi.fn()
    snapshots.subscribe(listener)
    expect(listener.mock.calls).toEqual([[firstSnapshot]])
    const next = learn(record)
    expect(listener).toHaveBeenCalledTimes(1)
    await Promise.resolve()
    expect(listener).toHaveBeenLastCalledWith(next)
  })

  it('may leave or call back in, and is told nothing more once it has left', async () => {
    const { snapshots, learn } = createState()
    const told: string[] = []
    const leave = snapshots.subscribe(({ status }) => {
      told.push(status)
      if (status === 'signed-in') leave()
    })
    const stays = snapshots.subscribe(() => snapshots.getSnapshot())
    learn(record)
    learn(blankRecord)
    await Promise.resolve()
    stays()
    expect(told).toEqual(['loading', 'signed-in'])
  })

  it('may be there twice, and leave once', async () => {
    const { snapshots, learn } = createState()
    const listener = vi.fn()
    const leave = snapshots.subscribe(listener)
    snapshots.subscribe(listener)
    leave()
    listener.mockClear()
    learn(record)
    await Promise.resolve()
    expect(listener).toHaveBeenCalledTimes(1)
  })

  it('is told nothing more when the life is over', async () => {
    const { snapshots, learn, life } = createState()
    const listener = vi.fn()
    snapshots.subscribe(listener)
    life.abort()
    snapshots.subscribe(listener)
    listener.mockClear()
    learn(record)
    await Promise.resolve()
    expect(listener).not.toHaveBeenCalled()
  })
})
