import type { Clock } from './clock.ts'
import type { SessionEnd } from './session-record.ts'
import type { SessionStore } from './session-store.ts'
import { createSharedRecord, type SharedRecord, type Step } from './shared-record.ts'
import { createTabChannel, renewalBegun, type TabChannel } from './tab-channel.ts'

/** What is new in the session, and whether another tab did it. */
export interface SessionChange {
  /** `persistence`: the session is no longer kept in the store, or is again. */
  readonly reason: 'loaded' | 'signed-in' | 'renewed' | SessionEnd | 'persistence'
  readonly elsewhere: boolean
}

/** The session as this tab knows it, kept in step with the store and with the other tabs. */
export interface SessionState
  extends Pick<SharedRecord, 'known' | 'persistence' | 'read' | 'change' | 'wake'> {
  /** From now on the other tabs are heard. Before it, nothing is opened. */
  join(): void
  /** Tells the other tabs that a renewal has begun, in case this one does not live to end it. */
  announceRenewal(): void
  /** Forgets the session: here first, then in the store and in the other tabs. */
  clear(): Promise<void>
}

export interface SessionStateOptions {
  readonly name: string
  readonly store: SessionStore
  readonly clock: Clock
  readonly life: AbortSignal
  /** Told in the same task, so it must not call back in. */
  readonly onChange: (change: SessionChange) => void
  /** Another tab has begun a renewal. */
  readonly onRenewalElsewhere: () => void
}

export function createSessionState({
  name,
  store,
  clock,
  life,
  onChange,
  onRenewalElsewhere,
}: SessionStateOptions): SessionState {
  let channel: TabChannel | undefined

  const record = createSharedRecord({
    store,
    clock,
    life,
    onStep(step) {
      const reason = reasonOf(step)
      if (step.isOurs && reason !== 'loaded') channel?.tell(reason, step.after)
      onChange({ reason, elsewhere: !step.isOurs && step.before !== undefined })
    },
    onRestored: (restored) => channel?.tell(restored.end ?? 'restored', restored),
    onPersistence: () => onChange({ reason: 'persistence', elsewhere: false }),
  })

  return {
    get known() {
      return record.known
    },
    get persistence() {
      return record.persistence
    },
    read: record.read,
    change: record.change,
    wake: record.wake,
    async clear() {
      try {
        await record.wipe()
      } finally {
        // Once more: a tab that was opened meanwhile has found the session in the store.
        if (record.known?.end === 'signed-out') channel?.tell('signed-out', record.known)
      }
    },
    join() {
      channel ??= createTabChannel(name, life, {
        onSignedOut: record.hear,
        onRenewalBegun: onRenewalElsewhere,
        onNews: record.read,
      })
    },
    announceRenewal() {
      if (record.known) channel?.tell(renewalBegun, record.known)
    },
  }
}

function reasonOf({
  before,
  after,
  isOurs,
}: Step): Exclude<SessionChange['reason'], 'persistence'> {
  if (!before && !isOurs) return 'loaded'
  if (!after.session) return after.end ?? 'signed-out'
  return before?.session && before.epoch === after.epoch ? 'renewed' : 'signed-in'
}
