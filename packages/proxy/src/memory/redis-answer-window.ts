import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { timedOut } from '../http/errors.ts'
import {
  type AnswerWindow,
  type AnswerWindowOptions,
  createAnswerWindow,
  hashOf,
} from './answer-window.ts'
import { lease, type SharedAnswers } from './shared-answers.ts'

export interface RedisAnswerWindowOptions<T> extends AnswerWindowOptions<T> {
  /** How long asking can take, in ms: a turn that lasts longer is given up. */
  readonly longestTurn: number
}

/**
 * For all instances together: of those that are asked the same at once, one asks Roambi, and an
 * answer that one of them has lost can be had of the others. It fails open: without Redis each
 * instance does so for itself.
 */
export function createRedisAnswerWindow<T>(
  shared: SharedAnswers<T>,
  { longestTurn, ...options }: RedisAnswerWindowOptions<T>,
): AnswerWindow<T> {
  const { successorOf = () => undefined } = options
  const flights = createAnswerWindow<T>({ life: 0 })
  const alone = createAnswerWindow<T>(options)

  async function answerForAll(
    token: string,
    owner: string | undefined,
    ask: () => Promise<T>,
  ): Promise<T> {
    const key = hashOf(token, owner)
    const turn = randomUUID()
    const found = await waitFor(key, turn).catch(() => 'nobody' as const)
    if (found === 'nobody') return alone.answer(token, owner, ask)
    if (found === 'their turn') throw timedOut()
    if (typeof found === 'object') return found.answer
    // Else it may be that only this instance has the answer: Redis was gone, or has lost it.
    if (found === 'dropped') alone.forget(token, owner)
    const answer = await duringTurn(key, turn, () => alone.answer(token, owner, ask))
    const successor = successorOf(answer)
    await shared
      .keep(key, turn, answer, successor && hashOf(successor, owner))
      .catch(() => shared.end(key, turn))
      .catch(() => {})
    return answer
  }

  /** When the one whose turn it is fails, or is killed, the next one to look has it. */
  async function waitFor(key: string, turn: string): ReturnType<typeof shared.find> {
    const end = Date.now() + longestTurn + lease
    for (let wait = 20; ; wait = Math.min(wait * 2, 200)) {
      const found = await shared.find(key, turn)
      if (found !== 'their turn' || Date.now() > end) return found
      await pause(wait)
    }
  }

  async function duringTurn(key: string, turn: string, ask: () => Promise<T>): Promise<T> {
    const end = Date.now() + longestTurn
    const extending = setInterval(() => {
      if (Date.now() < end) shared.extend(key, turn).catch(() => {})
    }, lease / 3).unref()
    try {
      return await ask()
    } catch (error) {
      await shared.end(key, turn).catch(() => {})
      throw error
    } finally {
      clearInterval(extending)
    }
  }

  return {
    answer: (token, owner, ask) =>
      flights.answer(token, owner, () => answerForAll(token, owner, ask)),
  }
}
