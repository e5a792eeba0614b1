// Answers as they are kept in Redis: sealed, for the same deployment alone to open, under a hash of
// what they are the answer to.

import type { Seal } from '../sealing/seal.ts'
import type { RedisUse, SharedRedis } from './redis.ts'

/** One turn to ask at a time, for all instances; each step rejects with OAuthError without Redis. */
export interface SharedAnswers<T> {
  /**
   * Gives the answer that is there, or takes the turn, or finds that another has it. `dropped`: takes
   * the turn, since the successor of the answer was used.
   */
  find(
    key: string,
    turn: string,
  ): Promise<{ readonly answer: T } | 'my turn' | 'dropped' | 'their turn'>
  /** To be called again and again: a turn that nobody extends ends after {@link lease}. */
  extend(key: string, turn: string): Promise<void>
  /** Puts the answer there, and ends the turn. */
  keep(key: string, turn: string, answer: T, successor: string | undefined): Promise<void>
  /** Ends the turn without an answer. */
  end(key: string, turn: string): Promise<void>
}

export interface SealedAnswer<T> {
  /** What it is the answer to: nobody who can write to Redis can pass it for another's. */
  readonly key: string
  readonly answer: T
}

/** How long a turn is kept for an instance that is killed, in ms. */
export const lease = 3000

/** @param life of an answer, in ms */
export function createSharedAnswers<T>(
  use: RedisUse,
  life: number,
  redis: SharedRedis,
  { seal, open }: Seal<SealedAnswer<T>>,
): SharedAnswers<T> {
  const find = redis.script(use, 'findAnswer', findScript)
  const extend = redis.script(use, 'extendTurn', extendScript)
  const keep = redis.script(use, 'keepAnswer', keepScript)
  const end = redis.script(use, 'endTurn', endScript)
  const answerKey = (key: string) => `${use}-answer:${key}`
  const turnKey = (key: string) => `${use}-turn:${key}`
  const successorKey = (key: string) => `${use}-successor:${key}`

  return {
    async find(key, turn) {
      const keys = [answerKey(key), turnKey(key), successorKey(key)]
      const found = await find(keys, [turn, lease])
      if (typeof found !== 'string') return turns[Number(found)] ?? 'their turn'
      const sealed = await open(found)
      if (sealed?.key !== key) throw new Error('What was found in Redis is not ours.')
      return sealed
    },
    async extend(key, turn) {
      await extend([turnKey(key)], [turn, lease])
    },
    async keep(key, turn, answer, successor) {
      const sealed = await seal({ key, answer }, Math.ceil(life / 1000))
      const keys = [answerKey(key), turnKey(key), ...(successor ? [successorKey(successor)] : [])]
      await keep(keys, [turn, sealed, life])
    },
    async end(key, turn) {
      await end([turnKey(key)], [turn])
    },
  }
}

const turns = ['their turn', 'my turn', 'dropped'] as const

// Who sends the successor has the answer, or could not send it. Of what is dropped an empty answer is
// left: an instance that has it too could else not tell it from one that Redis has lost.
const findScript = `
  local predecessor = redis.call('GET', KEYS[3])
  if predecessor then
    redis.call('SET', predecessor, '', 'PX', math.max(1, redis.call('PTTL', KEYS[3])))
    redis.call('DEL', KEYS[3])
  end
  local answer = redis.call('GET', KEYS[1])
  if answer and answer ~= '' then return answer end
  if not redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return 0 end
  return answer and 2 or 1
`

const extendScript = `
  if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
`

const endScript = `
  if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
`

const keepScript = `
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  if KEYS[3] then redis.call('SET', KEYS[3], KEYS[1], 'PX', ARGV[3]) end
  if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
`
