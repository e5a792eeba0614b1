import type { AuthorizationRequest } from './authorization.ts'
import { type Clock, within } from './clock.ts'
import { RoambiAuthError } from './errors.ts'
import { publicSession, type Session } from './session.ts'
import { type SessionRecord, signedIn } from './session-record.ts'
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
  /**
   * The session that another tab begins, or has begun after `since`, with this tab's code.
   *
   * @throws {@link RoambiAuthError} `network_error`, when that tab does not get to it in 20 s
   */
  signedInElsewhere(since: number, end: AbortSignal): Promise<Session>
}

/** Longer than a request to the token endpoint takes, in ms. */
const patience = 20_000

export function createSessionStart({
  state,
  snapshots,
  tokenEndpoint,
  clock,
}: SessionStartEdges): SessionStart {
  return {
    async finish(code, request, end) {
      const { epoch } = await state.read()
      const session = await tokenEndpoint.redeem(code, request)
      // Looked at inside the transaction: who has signed out meanwhile, in any tab, stays so.
      const isOver = (record: SessionRecord) =>
        end.aborted || (record.end === 'signed-out' && record.epoch > epoch)
      const after = await state.change((record) =>
        isOver(record) ? record : signedIn(record, session, clock.now()),
      )
      if (isOver(after)) {
        throw new RoambiAuthError('login_aborted', 'The user has signed out meanwhile.')
      }
      return publicSession(session)
    },

    signedInElsewhere(since, end) {
      let leave = () => {}
      const arrived = () =>
        new Promise<Session>((resolve) => {
          leave = snapshots.subscribe(({ session }) => {
            if (session && session.signedInAt >= since) resolve(session)
          })
        })
      state.read()
      return within(clock, patience, unlessAborted(end, arrived))
        .catch((cause) => {
          const message = 'Another tab could not finish the sign-in. Sign in again.'
          throw new RoambiAuthError('network_error', message, { retryable: true, cause })
        })
        .finally(() => leave())
    },
  }
}
