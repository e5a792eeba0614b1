import type { AuthorizationRequest } from './authorization.ts'
import type { Clock } from './clock.ts'
import { publicSession, type Session } from './session.ts'
import { signedIn } from './session-record.ts'
import type { SessionState } from './session-state.ts'
import type { Snapshots } from './snapshot.ts'
import type { TokenEndpoint } from './token-endpoint.ts'
import { unlessAborted } from './unless-aborted.ts'

export interface SessionStartEdges {
  readonly state: Pick<SessionState, 'change' | 'read'>
  readonly snapshots: Pick<Snapshots, 'subscribe'>
  readonly tokenEndpoint: Pick<TokenEndpoint, 'redeem'>
  readonly clock: Clock
}

/** How a session begins, once the callback page has brought an authorization code. */
export interface SessionStart {
  /** Redeems the code and keeps the session, unless `end` comes first. */
  finish(code: string, request: AuthorizationRequest, end: AbortSignal): Promise<Session>
  /** The session that another tab is about to begin with this tab's code. */
  signedInElsewhere(end: AbortSignal): Promise<Session>
}

/** What another tab takes from its claim to ours, at most; in ms. */
const headStart = 5000

export function createSessionStart({
  state,
  snapshots,
  tokenEndpoint,
  clock,
}: SessionStartEdges): SessionStart {
  return {
    async finish(code, request, end) {
      const session = await tokenEndpoint.redeem(code, request)
      // Looked at inside the transaction: who has signed out meanwhile stays signed out.
      await state.change((record) =>
        end.aborted ? record : signedIn(record, session, clock.now()),
      )
      end.throwIfAborted()
      return publicSession(session)
    },

    signedInElsewhere(end) {
      const since = clock.now() - headStart
      let leave = () => {}
      const arrived = () =>
        new Promise<Session>((resolve) => {
          leave = snapshots.subscribe(({ session }) => {
            if (session && session.signedInAt >= since) resolve(session)
          })
        })
      state.read()
      return unlessAborted(end, arrived).finally(() => leave())
    },
  }
}
