import { describe, expect, it } from 'vitest'
import { createLeaseTurn } from '../src/lease-turn.ts'
import { createSharedRecord } from '../src/shared-record.ts'
import { createLockTurn, type Turn } from '../src/turn.ts'
import { createHandClock, type HandClock } from './hand-clock.ts'
import { memoryStore } from './memory-store.ts'
import { wholeTurn } from './simulation/world.ts'
import { record } from './stored-session.ts'

describe.each<[string, () => { clock: HandClock; tabs: [Turn, Turn] }]>([
  ['a lock', createLockTurns],
  ['a lease', createLeaseTurns],
])('a turn by %s', (_, createTurns) => {
  it('comes to one tab after the other', async () => {
    const { clock, tabs } = createTurns()
    const done: string[] = []
    const first = task('first', done)
    const second = task('second', done)
    const turns = [tabs[0](first.run), tabs[1](second.run)]
    await pass(clock, 1000)
    expect(done).toEqual(['first begins'])
    first.end()
    second.end()
    await pass(clock, 1000)
    expect(await Promise.all(turns)).toEqual(['first', 'second'])
    expect(done).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
  })

  it('is over when its task fails', async () => {
    const { clock, tabs } = createTurns()
    const failed = expect(tabs[0](() => Promise.reject(new Error('No network')))).rejects
    await failed.toThrow('No network')
    const next = tabs[1](async () => 'next')
    await pass(clock, 1000)
    expect(await next).toBe('next')
  })
})

describe('a turn by a lock', () => {
  it('is nobody else’s where the browser refuses locks, as it does where it stores nothing', async () => {
    const refusing = {
      request: async () => {
        throw new DOMException('The request was denied.', 'SecurityError')
      },
    } as unknown as LockManager
    const clock = createHandClock()
    const turn = createLockTurn('app', refusing, clock)
    expect(await turn(async () => 'done')).toBe('done')
    await expect(turn(() => Promise.reject(new Error('No network')))).rejects.toThrow('No network')
    expect(clock.waiting).toBe(0)
  })

  it('is waited for 25 s, and not taken after that', async () => {
    const { clock, tabs } = createLockTurns()
    const long = task('long', [])
    const holding = tabs[0](long.run)
    const done: string[] = []
    const late = tabs[1](task('late', done).run).catch((error) => error)
    await pass(clock, 24_500)
    const last = tabs[0](async () => 'last')
    await pass(clock, 500)
    expect(await late).toMatchObject({ name: 'TimeoutError' })
    long.end()
    expect(await Promise.all([holding, last])).toEqual(['long', 'last'])
    expect(done).toEqual([])
  })

  it('leaves no timer behind once it has come', async () => {
    const { clock, tabs } = createLockTurns()
    const long = task('long', [])
    const turn = tabs[0](long.run)
    await wholeTurn()
    expect(clock.waiting).toBe(0)
    long.end()
    await turn
  })
})

describe('a turn by a lease', () => {
  it('goes from a tab that died or was frozen to the next one after 25 s', async () => {
    const { clock, tabs } = createLeaseTurns()
    const frozen = task('frozen', [])
    tabs[0](frozen.run)
    await pass(clock, 3000)
    const done: string[] = []
    const next = task('next', done)
    tabs[1](next.run)
    await pass(clock, 21_500)
    expect(done).toEqual([])
    await pass(clock, 1000)
    expect(done).toEqual(['next begins'])
    // Who wakes up does not give back what is no longer its own.
    frozen.end()
    await pass(clock, 1000)
    const third = task('third', done)
    tabs[0](third.run)
    await pass(clock, 1000)
    expect(done).toEqual(['next begins'])
    next.end()
    await pass(clock, 1000)
    expect(done.at(-1)).toBe('third begins')
  })

  it('is waited for 25 s', async () => {
    const { clock, tabs, shared } = createLeaseTurns()
    const others = () =>
      shared.change((before) => ({
        ...before,
        leaseOwner: 'another',
        leaseUntil: clock.now() + 10_000,
      }))
    await others()
    const late = tabs[0](async () => 'late').catch((error) => error)
    for (let waited = 0; waited < 25_000; waited += 5000) {
      await others()
      await pass(clock, 5000)
    }
    expect(await late).toMatchObject({ name: 'TimeoutError' })
  })

  it.each([
    ['is over', 0, true],
    ['is that of a tab which was a little later', 25_050, false],
    ['is from before the clock was set back', 3_600_000, true],
  ])('comes at once, or not, when the lease of another tab %s', async (_, left, comes) => {
    const { clock, tabs, shared } = createLeaseTurns()
    const leaseUntil = clock.now() + left
    await shared.change((before) => ({ ...before, leaseOwner: 'another', leaseUntil }))
    const done: string[] = []
    tabs[0](task('own', done).run)
    await pass(clock, 1000)
    expect(done).toEqual(comes ? ['own begins'] : [])
  })
})

/** Two tabs, and the locks of their browser: in order, and given up by an abort. */
function createLockTurns() {
  const clock = createHandClock()
  const queue: (() => void)[] = []
  let isHeld = false

  function next() {
    const grant = isHeld ? undefined : queue.shift()
    if (!grant) return
    isHeld = true
    grant()
  }

  function request<T>(_: string, { signal }: { signal: AbortSignal }, callback: () => Promise<T>) {
    return new Promise<T>((resolve, reject) => {
      function grant() {
        callback()
          .then(resolve, reject)
          .finally(() => {
            isHeld = false
            next()
          })
      }
      signal.addEventListener('abort', () => {
        if (queue.includes(grant)) queue.splice(queue.indexOf(grant), 1)
        reject(signal.reason)
      })
      queue.push(grant)
      next()
    })
  }

  const locks = { request } as unknown as LockManager
  const createTab = () => createLockTurn('app', locks, clock)
  const tabs: [Turn, Turn] = [createTab(), createTab()]
  return { clock, tabs }
}

/** Two tabs over one store. */
function createLeaseTurns() {
  const clock = createHandClock()
  const store = memoryStore(record)
  const createShared = () =>
    createSharedRecord({
      store,
      clock,
      life: new AbortController().signal,
      onChange() {},
      tell() {},
      onEnded() {},
    })
  const shared = createShared()
  const tabs: [Turn, Turn] = [
    createLeaseTurn(createShared(), clock),
    createLeaseTurn(createShared(), clock),
  ]
  return { clock, tabs, shared }
}

function task(name: string, done: string[]) {
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  async function run(): Promise<string> {
    done.push(`${name} begins`)
    await ended
    done.push(`${name} ends`)
    return name
  }
  return { run, end: () => end() }
}

async function pass(clock: HandClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    clock.advance(500)
    await wholeTurn()
  }
}
