// A steady number of people who sign in, renew again and again, and after a while make room for
// somebody new.

import { setTimeout as pause } from 'node:timers/promises'
import { until } from '../until.ts'
import { type BrowserOptions, openBrowser, type SimulatedBrowser } from './browser.ts'
import { countStatus, newTally, type Tally } from './tally.ts'

export interface Load {
  /** Counts since the last `startCount()`. */
  readonly tally: Tally
  startCount(): void
  /** From now on this share of the token endpoint's answers is lost on its way to the browser. */
  loseAnswers(share: number): void
  /** Waits until everybody is signed in and has renewed since now; gives how many have. */
  settle(limit: number): Promise<number>
  stop(): Promise<void>
}

export interface LoadOptions extends Pick<BrowserOptions, 'url' | 'clientId' | 'allow' | 'tell'> {
  /** How many browsers. */
  readonly people: number
  /** Between two renewals of one browser, in ms; more or less. */
  readonly pace: number
  /** Whether nobody could have saved this session, which Roambi has just refused. */
  readonly isBeyondMending: (browser: SimulatedBrowser) => string | undefined
}

// A proxy takes 200 proofs of one key in six minutes.
const proofsOfOneKey = 120

export function startLoad(options: LoadOptions): Load {
  const { people, pace, isBeyondMending } = options
  let tally = newTally()
  let share = 0
  let running = true
  const renewedAt = new Map<number, number>()

  async function live(person: number): Promise<void> {
    let browser = await open()
    while (running) {
      await pause(pace * (0.5 + Math.random()))
      if (!running) return
      if (!browser.session || browser.proofs > proofsOfOneKey) browser = await enter(browser)
      else if (!(await stay(browser, person))) browser = await open()
    }
  }

  const open = () =>
    openBrowser({
      ...options,
      lose: () => {
        if (Math.random() >= share) return undefined
        if (Math.random() < 0.5) return 'broken off'
        tally.answersLost += 1
        return 'thrown away'
      },
      observe(answer, fault) {
        tally.requests += 1
        if (answer) countStatus(tally, answer.status)
        else tally.noAnswer += 1
        if (fault) tally.malformed.push(fault)
      },
    })

  async function enter(before: SimulatedBrowser): Promise<SimulatedBrowser> {
    const browser = before.session ? await open() : before
    if (await browser.signIn()) tally.signIns += 1
    else tally.signInsFailed += 1
    return browser
  }

  /** Renews; tells if the session goes on. */
  async function stay(browser: SimulatedBrowser, person: number): Promise<boolean> {
    switch (await browser.renew()) {
      case 'renewed':
        tally.renewals += 1
        renewedAt.set(person, Date.now())
        return true
      case 'postponed':
        // Nobody here waits for a whole Retry-After: the more is asked, the more is tested.
        await pause(100 + Math.random() * 200)
        return true
      case 'refused': {
        const reason = isBeyondMending(browser)
        if (reason) tally.beyondMending.push(`${reason}: ${browser.story()}`)
        else tally.lost.push(browser.story())
        return false
      }
    }
  }

  const lives = Array.from({ length: people }, (_, person) => live(person))
  return {
    get tally() {
      return tally
    },
    startCount() {
      tally = newTally()
    },
    loseAnswers(newShare) {
      share = newShare
    },
    async settle(limit) {
      const since = Date.now()
      const alive = () => [...renewedAt.values()].filter((at) => at > since).length
      await until('A renewal of everybody', () => alive() === people, limit).catch(() => {})
      return alive()
    },
    async stop() {
      running = false
      await Promise.all(lives)
    },
  }
}
