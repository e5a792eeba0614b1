import { type Clock, within } from './clock.ts'
import { RoambiAuthError } from './errors.ts'
import type { StoredSession } from './session.ts'
import { changeOf, type SessionChange } from './session-change.ts'
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

export interface SharedRecordOptions {
  readonly store: SessionStore
  readonly clock: Clock
  readonly life: AbortSignal
  /** Told in the same task, so it must not call back in. */
  readonly onChange: (change: SessionChange) => void
  /** Tells the other tabs what this one has done to the record. */
  readonly tell: (reason: string, record: SessionRecord) => void
  /**
   * The user has signed out of it, and this tab was the one that took it out of the store; or only
   * this tab had it, or could not reach the store.
   */
  readonly onEnded: (session: StoredSession) => void
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
  onChange,
  tell,
  onEnded,
}: SharedRecordOptions): SharedRecord {
  let known: SessionRecord | undefined
  let persistence: Persistence = 'persistent'
  let failedAt = Number.NEGATIVE_INFINITY
  let hasWorked = false
  let failures = 0
  let restoredAt = Number.NEGATIVE_INFINITY
  let callOff = () => {}
  life.addEventListener('abort', () => callOff())

  function learn(record: SessionRecord, elsewhere = true): SessionRecord {
    const before = known
    if (before && isNewer(before, record)) return before
    known = record
    if (before && !isNewer(record, before)) return record
    const change = changeOf(before, record, elsewhere)
    if (!elsewhere) tell(change.reason, record)
    onChange(change)
    return record
  }

  function turnTo(next: Persistence): void {
    if (next === persistence) return
    persistence = next
    onChange({ reason: 'persistence', elsewhere: false })
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
  function inStore(
    transition: (newest: SessionRecord, stored: SessionRecord) => SessionRecord,
  ): Promise<void> {
    let isTooLate = false
    let ended: StoredSession | null = null
    const update = async () =>
      store.update((found) => {
        if (isTooLate) return found
        const stored = readRecord(found)
        const after = transition(newest(stored), stored)
        // Whichever change it is that brings the tombstone: tabs hear of it before the store has it.
        ended = after.end === 'signed-out' ? stored.session : null
        return after
      })
    return access(update)
      .then(() => {
        if (ended) onEnded(ended)
      })
      .finally(() => {
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
    return learn(after, after === before)
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
    tell(record.end ?? 'restored', record)
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
      const before = known ?? blankRecord
      /** Whether no transaction can end it: the store does not have it, or can't be reached. */
      let isOnlyHere = true
      learn(signedOut(before, clock.now()), false)
      const neverWorked = persistence === 'memory' && !hasWorked
      let after: SessionRecord | undefined
      const bury = () =>
        inStore((record, stored) => {
          after = record.session ? signedOut(record, clock.now()) : record
          isOnlyHere = isNewer(before, stored)
          return after
        })
      try {
        // Other than an update, a removal works when the quota is used up, and makes room.
        await bury().catch(() =>
          access(async () => store.remove()).then(() => bury().catch(() => {})),
        )
      } catch (error) {
        isOnlyHere = true
        // Where there is no store at all, it has nothing.
        if (!neverWorked || (error as RoambiAuthError).retryable) throw error
      } finally {
        if (after) learn(after, false)
        // Once more: a tab that was opened meanwhile has found the session in the store.
        if (known?.end === 'signed-out') tell('signed-out', known)
        if (before.session && isOnlyHere) onEnded(before.session)
      }
    },
    wake() {
      failedAt = Number.NEGATIVE_INFINITY
    },
    hear: (record) => void learn(record),
  }
}
