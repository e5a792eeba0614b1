// What Roambi has given out, and when which proxy was killed: by it, the suite tells a session that
// was lost without need from one that nobody could have saved.

import type { Issue } from './wire.ts'

export interface History {
  record(issue: Issue): void
  /** To be called before a proxy is killed. */
  recordKill(proxy: number): void
  /**
   * Why nobody could save the session that holds this access token, or `undefined` when somebody
   * could. With strict rotation, Roambi's answer to a renewal is the only place in the world where
   * the living refresh token is: what is lost before a proxy could keep it is lost for good.
   */
  whyBeyondMending(accessToken: string): string | undefined
}

export function createHistory(): History {
  const refreshTokens = new Map<string, string>()
  const successors = new Map<string, Issue>()
  const kills: { readonly proxy: number; readonly at: number }[] = []
  return {
    record(issue) {
      refreshTokens.set(issue.accessToken, issue.refreshToken)
      if (issue.predecessor) successors.set(issue.predecessor, issue)
    },

    recordKill(proxy) {
      kills.push({ proxy, at: Date.now() })
    },

    whyBeyondMending(accessToken) {
      const successor = successors.get(refreshTokens.get(accessToken) ?? '')
      if (!successor) return undefined
      const { fault, proxy, at } = successor
      if (fault) return `Roambi's answer was ${fault} before the proxy had it`
      const died = kills.some((kill) => kill.proxy === proxy && Math.abs(kill.at - at) < grace)
      return died ? "Roambi's answer died with the proxy" : undefined
    },
  }
}

// Shorter than the start of a proxy, longer than one takes to keep what it has got; in ms.
const grace = 300
