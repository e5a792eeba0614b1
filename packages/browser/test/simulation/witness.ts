import type { RoambiAuthError } from '../../src/errors.ts'
import type { StoredSession } from '../../src/session.ts'
import type { SessionChange } from '../../src/session-change.ts'
import type { SessionRecord } from '../../src/session-record.ts'
import type { Sending } from './network.ts'
import type { Page } from './page.ts'
import type { Grant } from './proxy.ts'
import type { Tab } from './tab.ts'

/** One call of `session`. */
export interface Call {
  readonly tab: Tab
  readonly rejected: string | undefined
  /** In ms of true time. */
  readonly at: number
  /** How long its page had been awake when it began, in ms. */
  readonly awakeTime: number
}

/** A call of `logout`, or a sign-in. */
export interface Deed {
  readonly tab: Tab
  readonly at: number
}

/** Sees everything that happens, and knows what must not. */
export interface Witness {
  /** A page sends a refresh token. */
  onSending(sending: Sending): void
  /** The page is told how that ended. */
  onAnswer(sending: Sending): void
  /** The upstream has renewed. */
  onGrant(grant: Grant): void
  /** A page has written the shared record. */
  onWrite(record: SessionRecord, page: Page): void
  /** A tab knows something new. */
  onChange(tab: Tab, change: SessionChange): void
  onCall(call: Call): void
  /** A call has been answered, in the very task. */
  onSession(call: Call, session: StoredSession): void
  onRefusal(call: Call, error: RoambiAuthError): void
  onSignIn(deed: Deed, grant: Grant): void
  onSignedIn(deed: Deed, grant: Grant): void
  onLogout(deed: Deed): void
  onLoggedOut(deed: Deed): void
  /** A tab has the session that it has ended revoked. */
  onRevocation(tab: Tab, session: StoredSession): void
  /** Nothing has happened for minutes, all is well again, and every tab is awake. */
  onPeace(): void
}

/** Several laws, each of which looks at some of the facts. */
export function allOf(laws: readonly Partial<Witness>[]): Witness {
  const tell =
    <Name extends keyof Witness>(name: Name) =>
    (...fact: Parameters<Witness[Name]>) => {
      for (const law of laws) (law[name] as ((...fact: unknown[]) => void) | undefined)?.(...fact)
    }
  return {
    onSending: tell('onSending'),
    onAnswer: tell('onAnswer'),
    onGrant: tell('onGrant'),
    onWrite: tell('onWrite'),
    onChange: tell('onChange'),
    onCall: tell('onCall'),
    onSession: tell('onSession'),
    onRefusal: tell('onRefusal'),
    onSignIn: tell('onSignIn'),
    onSignedIn: tell('onSignedIn'),
    onLogout: tell('onLogout'),
    onLoggedOut: tell('onLoggedOut'),
    onRevocation: tell('onRevocation'),
    onPeace: tell('onPeace'),
  }
}
