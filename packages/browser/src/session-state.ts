import { createSharedRecord, type SharedRecord, type SharedRecordOptions } from './shared-record.ts'
import { createTabChannel, renewalBegun, type TabChannel } from './tab-channel.ts'

/** The session as this tab knows it, kept in step with the store and with the other tabs. */
export interface SessionState extends SharedRecord {
  /** From now on the other tabs are heard. Before it, nothing is opened. */
  join(): void
  /** Tells the other tabs that a renewal has begun, in case this one does not live to end it. */
  announceRenewal(): void
}

export interface SessionStateOptions extends Omit<SharedRecordOptions, 'tell'> {
  readonly name: string
  /** Another tab has begun a renewal. */
  readonly onRenewalElsewhere: () => void
}

export function createSessionState({
  name,
  onRenewalElsewhere,
  ...options
}: SessionStateOptions): SessionState {
  let channel: TabChannel | undefined
  const record = createSharedRecord({
    ...options,
    tell: (reason, told) => channel?.tell(reason, told),
  })

  return Object.assign(record, {
    join() {
      channel ??= createTabChannel(name, options.life, {
        onSignedOut: record.hear,
        onRenewalBegun: onRenewalElsewhere,
        onNews: record.read,
      })
    },
    announceRenewal() {
      if (record.known) channel?.tell(renewalBegun, record.known)
    },
  })
}
