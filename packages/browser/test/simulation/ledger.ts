import type { Sending } from './network.ts'
import type { Grant } from './proxy.ts'
import type { Scene } from './scene.ts'
import type { SignIn } from './upstream.ts'
import type { Call, Deed, Witness } from './witness.ts'

/** What has happened, for laws that look back. All times in ms of true time. */
export interface Ledger extends Partial<Witness> {
  readonly sendings: readonly Sending[]
  readonly grants: readonly Grant[]
  readonly calls: readonly Call[]
  /** When the store had a refresh token first. */
  readonly landedAt: ReadonlyMap<string, number>
  /** When the store had its present record first. */
  readonly newsAt: number
  readonly signIns: ReadonlyMap<SignIn, Span>
  readonly logouts: ReadonlyMap<Deed, Span>
}

export interface Span {
  readonly begin: number
  end: number
}

export function createLedger({ world }: Pick<Scene, 'world'>): Ledger {
  const sendings: Sending[] = []
  const grants: Grant[] = []
  const calls: Call[] = []
  let newsAt = 0
  let newest = ''
  const landedAt = new Map<string, number>()
  const signIns = new Map<SignIn, Span>()
  const logouts = new Map<Deed, Span>()
  const begun = () => ({ begin: world.now, end: Number.POSITIVE_INFINITY })

  function end(span: Span | undefined): void {
    if (span) span.end = world.now
  }

  return {
    sendings,
    grants,
    calls,
    landedAt,
    get newsAt() {
      return newsAt
    },
    signIns,
    logouts,
    onSending: (sending) => void sendings.push(sending),
    onGrant: (grant) => void grants.push(grant),
    onCall: (call) => void calls.push(call),
    onWrite({ epoch, version, session }) {
      if (newest !== `${epoch}.${version}`) newsAt = world.now
      newest = `${epoch}.${version}`
      const token = session?.refreshToken
      if (token && !landedAt.has(token)) landedAt.set(token, world.now)
    },
    onSignIn: (_, { signIn }) => void signIns.set(signIn, begun()),
    onSignedIn: (_, { signIn }) => end(signIns.get(signIn)),
    onLogout: (deed) => void logouts.set(deed, begun()),
    onLoggedOut: (deed) => end(logouts.get(deed)),
  }
}
