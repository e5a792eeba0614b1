import { type Clock, within } from './clock.ts'
import { RoambiAuthError } from './errors.ts'
import {
  blankRecord,
  isNewer,
  readRecord,
  type SessionRecord,
  signedOut,
} from './session-record.ts'
import type { SessionStore } from './session-store.ts'

/** `memory`: the store can't be used, so the session ends with this page. */
export type Persistence = 'persistent' | 'memory'

/**
 * The record that all tabs share, and what this tab remembers of it. Where the store fails, the tab
 * goes on with what it remembers, and writes it back when the store works again.
 */
export interface SharedRecord {
  /** `undefined` until it has been read. */
  readonly known: SessionRecord | undefined
  readonly persistence: Persistence
  /** Reads the store anew; never rejects. */
  read(): Promise<SessionRecord>
  /** Changes the record in one transaction over all tabs, and gives the newest; never rejects. */
  change(transition: (record: SessionRecord) => SessionRecord): Promise<SessionRecord>
  /**
   * Ends the session: here at once, then in the store.
   *
   * @throws {@link RoambiAuthError} `storage_failed`: the store still has it
   */
  wipe(): Promise<void>
  /** The page has slept, and perhaps its store with it: what failed before is tried again. */
  wake(): void
  /** What another tab has told of the record. */
  hear(record: SessionRecord): void
}

/** A step in what is known, made by this tab or not. */
export interface Step {
  readonly before: SessionRecord | undefined
  readonly after: SessionRecord
  readonly isOurs: boolean
}

export interface SharedRecordOptions {
  readonly store: SessionStore
  readonly clock: Clock
  readonly life: AbortSignal
  /** Told in the same task, so it must not call back in. */
  readonly onStep: (step: Step) => void
  /** The store has again what only this tab knew. */
  readonly onRestored: (record: SessionRecord) => void
  readonly onPersistence: () => void
}

/** How long an access may take, in ms; an IndexedDB store is quicker to give up. */
const patience = 4000
/** How long a store that has failed is left alone, in ms. */
const rest = 10_000
/** How often one that has never worked is tried without being asked for. */
const attempts = 10

export function createSharedRecord({
  store,
  clock,
  life,
  onStep,
  onRestored,
  onPersistence,
}: SharedRecordOptions): SharedRecord {
  let known: SessionRecord | undefined
  let persistence: Persistence = 'persistent'
  let failedAt = Number.NEGATIVE_INFINITY
  let hasWorked = false
  let failures = 0
  let restoredAt = Number.NEGATIVE_INFINITY
  let callOff = () => {}
  life.addEventListener('abort', () => callOff(), { once: true })

  function learn(record: SessionRecord, isOurs = false): SessionRecord {
    const before = known
    if (before && isNewer(before, record)) return before
    known = record
    if (!before || isNewer(record, before)) onStep({ before, after: record, isOurs })
    return record
  }

  function turnTo(next: Persistence): void {
    if (next === persistence) return
    persistence = next
    onPersistence()
  }

  async function access<T>(use: () => Promise<T>): Promise<T> {
    try {
      const result = await within(clock, patience, use())
      hasWorked = true
      failures = 0
      failedAt = Number.NEGATIVE_INFINITY
      return result
    } catch (cause) {
      failedAt = clock.now()
      turnTo('memory')
      // Other tabs go by what is in the store, and must not go by it for long.
      callOff()
      failures += 1
      const retryable = !(cause instanceof RoambiAuthError) || cause.retryable
      const mayCome = retryable && (hasWorked || failures < attempts)
      if (mayCome && !life.aborted) callOff = clock.after(rest + 100, read)
      const message = 'The session could not be read or kept.'
      throw new RoambiAuthError('storage_failed', message, { cause, retryable })
    }
  }

  function isRecent(time: number): boolean {
    const since = clock.now() - time
    return since >= 0 && since < rest
  }

  const isResting = () => isRecent(failedAt)

  const newest = (record: SessionRecord) => (known && isNewer(known, record) ? known : record)

  /** One transaction. When it comes too late, all has gone on without it, and it changes nothing. */
  function inStore(transition: (record: SessionRecord) => SessionRecord): Promise<void> {
    let isTooLate = false
    const update = async () =>
      store.update((stored) => (isTooLate ? stored : transition(newest(readRecord(stored)))))
    return access(update).finally(() => {
      isTooLate = true
    })
  }

  async function change(transition: (record: SessionRecord) => SessionRecord) {
    let before: SessionRecord | undefined
    let after: SessionRecord | undefined
    const remember = (record: SessionRecord) => {
      before = record
      after = transition(record)
      return after
    }
    if (!isResting()) {
      await inStore(remember).then(
        () => turnTo('persistent'),
        () => {},
      )
    }
    after ??= remember(known ?? blankRecord)
    return learn(after, after !== before)
  }

  async function read() {
    if (isResting()) return learn(known ?? blankRecord)
    try {
      const stored = readRecord(await access(async () => store.read()))
      const record = learn(stored)
      // What could not be written before, or has been evicted.
      if (isNewer(record, stored)) return await restore(record)
      turnTo('persistent')
      return record
    } catch {
      return learn(known ?? blankRecord)
    }
  }

  async function restore(lost: SessionRecord): Promise<SessionRecord> {
    // Not again and again: a store may not give back what it was given.
    if (isRecent(restoredAt)) return lost
    const record = await change((newer) => newer)
    if (persistence === 'memory') return record
    restoredAt = clock.now()
    onRestored(record)
    return record
  }

  return {
    get known() {
      return known
    },
    get persistence() {
      return persistence
    },
    read,
    change,
    async wipe() {
      learn(signedOut(known ?? blankRecord, clock.now()), true)
      const neverWorked = persistence === 'memory' && !hasWorked
      let after: SessionRecord | undefined
      const bury = () =>
        inStore((record) => {
          after = record.session ? signedOut(record, clock.now()) : record
          return after
        })
      try {
        // Other than an update, a removal works when the quota is used up, and makes room.
        await bury().catch(() =>
          access(async () => store.remove()).then(() => bury().catch(() => {})),
        )
      } catch (error) {
        // Where there is no store at all, it has nothing.
        if (!neverWorked || (error as RoambiAuthError).retryable) throw error
      }
      if (after) learn(after, true)
    },
    wake() {
      failedAt = Number.NEGATIVE_INFINITY
    },
    hear: (record) => void learn(record),
  }
}
