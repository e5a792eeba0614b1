import { RoambiAuthError } from '../../src/errors.ts'
import type { StoredSession } from '../../src/session.ts'
import { type Answer, judgeTokenAnswer } from '../../src/token-answer.ts'
import type { TokenEndpoint } from '../../src/token-endpoint.ts'
import type { Browser } from './browser.ts'
import type { Page } from './page.ts'
import type { ProxyServer } from './proxy.ts'

/** What is between the browser and the proxy. */
export interface Network {
  /** How many of the requests and of the answers get lost, from 0 to 1. */
  losses: { requests: number; answers: number }
  /** What answers in the proxy's place. */
  inFront: Answer | undefined
  tokenEndpointOf(page: Page): Pick<TokenEndpoint, 'renew'>
}

/** A renewal that a page has sent. Times in ms of true time. */
export interface Sending {
  readonly page: Page
  readonly refreshToken: string
  readonly at: number
  /** When the page was told how it ended; `undefined` before that, and for ever if it died. */
  endedAt: number | undefined
  answer: Answer | undefined
}

/** As the real one; in ms. */
const timeLimit = 15_000

export function createNetwork(
  browser: Browser,
  proxy: ProxyServer,
  witness: { onSending(sending: Sending): void; onAnswer(sending: Sending): void },
): Network {
  const { world } = browser
  const { chance } = world
  const latency = () => (chance.is(0.1) ? chance.between(500, 3000) : chance.between(5, 150))

  function ask(page: Page, refreshToken: string): Promise<Answer> {
    const sending: Sending = {
      page,
      refreshToken,
      at: world.now,
      endedAt: undefined,
      answer: undefined,
    }
    world.tell(() => `${page.name} sends ${refreshToken}`)
    witness.onSending(sending)
    return new Promise((resolve, reject) => {
      const end = page.guard((answer?: Answer) => {
        if (sending.endedAt !== undefined) return
        sending.endedAt = world.now
        sending.answer = answer
        world.tell(() => `${page.name} gets ${answer?.text.slice(0, 120) ?? 'no answer'}`)
        witness.onAnswer(sending)
        if (answer) resolve(answer)
        else reject(noAnswer())
      })
      world.after(timeLimit, () => end())
      if (!browser.isOnline) return void world.after(5, () => end())
      if (chance.is(network.losses.requests)) return
      world.after(latency(), () => arrive(refreshToken, end))
    })
  }

  function arrive(refreshToken: string, end: (answer: Answer) => void): void {
    if (network.inFront) end(network.inFront)
    else proxy.renew(refreshToken, (answer) => send(answer, end))
  }

  function send(answer: Answer, end: (answer: Answer) => void): void {
    if (chance.is(network.losses.answers)) return
    world.after(latency(), () => end(answer))
  }

  const network: Network = {
    losses: { requests: 0, answers: 0 },
    inFront: undefined,
    tokenEndpointOf: (page) => ({
      async renew(session: StoredSession) {
        if (!session.refreshToken) throw new RoambiAuthError('invalid_grant', 'None is left.')
        const renewedAt = page.clock.now()
        const granted = judgeTokenAnswer(await ask(page, session.refreshToken))
        const { accessToken, refreshToken = session.refreshToken, expiresIn } = granted
        const expiresAt = renewedAt + expiresIn * 1000
        return { ...session, accessToken, refreshToken, renewedAt, expiresAt }
      },
    }),
  }
  return network
}

function noAnswer(): RoambiAuthError {
  return new RoambiAuthError('network_error', 'No answer in time.', { retryable: true })
}
