import type { Answer } from '../../src/token-answer.ts'
import type { SignIn, Upstream } from './upstream.ts'
import type { World } from './world.ts'

/** A pair of tokens that the proxy has made for a client. */
export interface Grant {
  readonly signIn: SignIn
  /** The refresh token that it was given for; none at a sign-in. */
  readonly from: string | undefined
  readonly refreshToken: string
  readonly accessToken: string
  /** In ms of true time. */
  readonly at: number
}

/** The proxy with its answer window, before the upstream. */
export interface ProxyServer {
  signIn(): Grant
  renew(refreshToken: string, reply: (answer: Answer) => void): void
  /** What was granted for this refresh token last. */
  grantFor(refreshToken: string): Grant | undefined
  /** Whether the upstream would still take what is sealed in it. */
  isAlive(refreshToken: string): boolean
  /** How the way to the upstream is: `lossy` loses answers, and with them what was granted. */
  upstreamIs: 'fine' | 'busy' | 'lossy'
}

/** How long it gives the same answer again; in ms. */
export const answerWindow = 60_000

interface Flight {
  readonly waiting: ((answer: Answer) => void)[]
  granted?: Grant
}

export function createProxy(
  world: World,
  upstream: Upstream,
  lifetime: number,
  onGrant: (grant: Grant) => void,
): ProxyServer {
  const sealed = new Map<string, string>()
  const flights = new Map<string, Flight>()
  const predecessors = new Map<string, string>()
  const grants = new Map<string, Grant>()

  function seal(given: ReturnType<Upstream['signIn']>, from: string | undefined): Grant {
    const refreshToken = `refresh-${sealed.size + 1}`
    sealed.set(refreshToken, given.refreshToken)
    const { signIn, accessToken } = given
    const grant = { signIn, accessToken, from, refreshToken, at: world.now }
    if (from) grants.set(from, grant)
    return grant
  }

  function answerOf({ accessToken, refreshToken, at }: Grant): Answer {
    const left = lifetime - (world.now - at)
    const expires_in = Math.max(1, Math.ceil(left / 1000))
    const body = { access_token: accessToken, refresh_token: refreshToken, expires_in }
    return { status: 200, text: JSON.stringify(body), retryAfter: undefined }
  }

  function askUpstream(refreshToken: string, flight: Flight): void {
    const { chance } = world
    world.after(chance.is(0.1) ? chance.between(2000, 8000) : chance.between(20, 300), () => {
      const isBusy = proxy.upstreamIs === 'busy'
      const given = isBusy ? undefined : upstream.renew(sealed.get(refreshToken) as string)
      if (given && proxy.upstreamIs !== 'lossy') return keep(refreshToken, flight, given)
      if (given && !upstream.isAlive(sealed.get(refreshToken) as string)) given.signIn.isDead = true
      flights.delete(refreshToken)
      reply(flight, isBusy || given ? unavailable : refused)
    })
  }

  function keep(token: string, flight: Flight, given: ReturnType<Upstream['signIn']>): void {
    const grant = seal(given, token)
    flight.granted = grant
    predecessors.set(grant.refreshToken, token)
    world.after(answerWindow, () => {
      if (flights.get(token) === flight) flights.delete(token)
      predecessors.delete(grant.refreshToken)
    })
    world.tell(() => `the upstream grants ${grant.refreshToken} for ${token}`)
    onGrant(grant)
    reply(flight, answerOf(grant))
  }

  const proxy: ProxyServer = {
    signIn: () => seal(upstream.signIn(), undefined),
    renew(refreshToken, answer) {
      const predecessor = predecessors.get(refreshToken)
      if (predecessor) flights.delete(predecessor)
      predecessors.delete(refreshToken)
      const known = flights.get(refreshToken)
      if (known?.granted) return answer(answerOf(known.granted))
      if (known) return void known.waiting.push(answer)
      const flight = { waiting: [answer] }
      flights.set(refreshToken, flight)
      askUpstream(refreshToken, flight)
    },
    grantFor: (refreshToken) => grants.get(refreshToken),
    isAlive: (refreshToken) => upstream.isAlive(sealed.get(refreshToken) as string),
    upstreamIs: 'fine',
  }
  return proxy
}

function reply({ waiting }: Flight, answer: Answer): void {
  for (const each of waiting) each(answer)
}

const unavailable: Answer = { status: 503, text: '{}', retryAfter: undefined }
const refused: Answer = {
  status: 400,
  text: JSON.stringify({ error: 'invalid_grant' }),
  retryAfter: undefined,
}
