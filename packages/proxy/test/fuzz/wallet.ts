// What an app and its user's browser hold, as the proxy's answers have brought it.
import type { LivePieces } from '../hostile-requests.ts'
import { redirectUri } from '../stage.ts'
import { type Answer, headerOf } from './answers.ts'
import type { JudgingUpstream } from './judging-upstream.ts'
import { createProofKey, type ProofKind } from './proof.ts'

export interface Wallet {
  learn(answers: readonly Answer[]): void
  /** What makes one request a live one. */
  pieces(proof: ProofKind): Pieces
  isSignedIn(): boolean
}

export type Pieces = {
  readonly [Name in keyof LivePieces | 'rawRefreshToken']: () => string
}

/** @param begun is told each `state` that the proxy gives out, with its cookie */
export function createWallet(upstream: JudgingUpstream, begun: Map<string, string>): Wallet {
  const key = createProofKey()
  const signIns: { readonly state: string; readonly cookie: string }[] = []
  const codes: string[] = []
  const refreshTokens: string[] = []
  const accessTokens: string[] = []
  let nonce = ''

  function learnOne(answer: Answer): void {
    nonce = headerOf(answer, 'dpop-nonce') ?? nonce
    const location = headerOf(answer, 'location') ?? ''
    const parameters = new URLSearchParams(location.split('?').slice(1).join('?'))
    const state = parameters.get('state') ?? ''
    if (location.startsWith(`${upstream.apiUrl}/authorize?`)) {
      const cookie = headerOf(answer, 'set-cookie')?.split(';', 1)[0] ?? ''
      begun.set(state, cookie)
      keep(signIns, { state, cookie })
    } else if (location.startsWith(`${redirectUri}?code=`))
      keep(codes, parameters.get('code') ?? '')
    if (!answer.body.startsWith('{"access_token"')) return
    const { access_token, refresh_token } = JSON.parse(answer.body)
    keep(accessTokens, access_token)
    if (refresh_token) keep(refreshTokens, refresh_token)
  }

  return {
    isSignedIn: () => refreshTokens.length > 0,

    learn(answers) {
      for (const answer of answers) if (answer.status < 500) learnOne(answer)
    },

    pieces(proof) {
      let signIn: (typeof signIns)[number] | undefined
      const ofSignIn = (part: 'state' | 'cookie') => {
        signIn ??= newest(signIns)
        return signIn?.[part] ?? ''
      }
      return {
        state: () => ofSignIn('state'),
        cookie: () => ofSignIn('cookie'),
        upstreamCode: upstream.issueCode,
        rawRefreshToken: upstream.rawRefreshToken,
        code: () => newest(codes) ?? '',
        refreshToken: () => any(refreshTokens) ?? '',
        proof: () => key.prove(proof, nonce),
        bearer: () => `Bearer ${any(accessTokens) ?? ''}`,
      }
    },
  }
}

function keep<T>(list: T[], entry: T): void {
  list.push(entry)
  if (list.length > 32) list.shift()
}

/** Good for one use, but the last one, which is left for a second. */
function newest<T>(list: T[]): T | undefined {
  return list.length > 1 ? list.pop() : list[0]
}

function any<T>(list: readonly T[]): T | undefined {
  return list[Math.floor(Math.random() * list.length)]
}
