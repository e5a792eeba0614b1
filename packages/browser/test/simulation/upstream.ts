import type { World } from './world.ts'

/** A user's way from one sign-in to its end, as the servers know it. */
export interface SignIn {
  readonly user: string
  /** Revoked, or the only copy of its refresh token was lost between two servers. */
  isDead: boolean
}

export interface UpstreamGrant {
  readonly signIn: SignIn
  readonly accessToken: string
  readonly refreshToken: string
}

/** Whether a refresh token dies when it is used, lives on beside its successor, or has none. */
export type Rotation = 'strict' | 'lenient' | 'off'

/** Roambi's own servers: the tokens, and which of them are alive. */
export interface Upstream {
  signIn(): UpstreamGrant
  /** `undefined`: the token is dead. */
  renew(refreshToken: string): UpstreamGrant | undefined
  isAlive(refreshToken: string): boolean
  /** Whether the API takes this access token. */
  takes(accessToken: string): boolean
  signInOf(accessToken: string): SignIn
  endAccessTokens(): void
  revoke(signIn: SignIn): void
}

export interface UpstreamOptions {
  readonly rotation: Rotation
  /** Of an access token, in ms. */
  readonly lifetime: number
  /** Whether an access token dies with its refresh token. */
  readonly killsAccessTokens: boolean
}

export function createUpstream(
  world: World,
  { rotation, lifetime, killsAccessTokens }: UpstreamOptions,
): Upstream {
  const alive = new Map<string, UpstreamGrant>()
  const ends = new Map<string, number>()
  const signIns = new Map<string, SignIn>()
  let count = 0

  function issue(signIn: SignIn, previous?: string): UpstreamGrant {
    count++
    const kept = rotation === 'off' ? previous : undefined
    const refreshToken = kept ?? `roambi-refresh-${count}`
    const grant = { signIn, refreshToken, accessToken: `access-${count}` }
    signIns.set(grant.accessToken, signIn)
    ends.set(grant.accessToken, world.now + lifetime)
    alive.set(refreshToken, grant)
    return grant
  }

  return {
    signIn: () => issue({ user: `user ${count + 1}`, isDead: false }),
    renew(refreshToken) {
      const grant = alive.get(refreshToken)
      if (!grant) return undefined
      if (rotation === 'strict') alive.delete(refreshToken)
      if (killsAccessTokens) ends.delete(grant.accessToken)
      return issue(grant.signIn, refreshToken)
    },
    isAlive: (refreshToken) => alive.has(refreshToken),
    takes: (accessToken) => world.now < (ends.get(accessToken) ?? 0),
    signInOf: (accessToken) => signIns.get(accessToken) as SignIn,
    endAccessTokens: () => ends.clear(),
    revoke(signIn) {
      signIn.isDead = true
      for (const [token, grant] of alive) if (grant.signIn === signIn) alive.delete(token)
    },
  }
}
