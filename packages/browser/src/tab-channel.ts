import { blankRecord, type SessionRecord } from './session-record.ts'
import { asRecord, isTime } from './untrusted.ts'

/** Tells the other tabs that there is something new, never what it is. */
export interface TabChannel {
  tell(reason: string, record: SessionRecord): void
}

export interface TabListener {
  /** The user has signed out: there is nothing else in the record. */
  onSignedOut(tombstone: SessionRecord): void
  onRenewalBegun(): void
  /** Something else is in the store. */
  onNews(): void
}

/** What a tab tells that has begun a renewal, in case it does not live to end it. */
export const renewalBegun = 'renewing'

const end = 'signed-out'

/** Other tabs may miss it (frozen, in the back/forward cache): they look again when they wake. */
export function createTabChannel(
  name: string,
  life: AbortSignal,
  { onSignedOut, onRenewalBegun, onNews }: TabListener,
): TabChannel {
  const channel = openChannel(`roambi-auth session ${name}`)
  if (!channel) return { tell() {} }
  channel.addEventListener('message', ({ data }) => {
    const { reason, epoch, version } = asRecord(data)
    if (!isTime(epoch) || !isTime(version)) return
    if (reason === end) onSignedOut({ ...blankRecord, epoch, version, end })
    else if (reason === renewalBegun) onRenewalBegun()
    else onNews()
  })
  life.addEventListener('abort', () => channel.close())
  return {
    tell(reason, { epoch, version }) {
      if (!life.aborted) channel.postMessage({ reason, epoch, version })
    },
  }
}

// Firefox refuses it where a page may store nothing. A tab without it still looks when it wakes.
function openChannel(name: string): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(name)
  } catch {
    return undefined
  }
}
