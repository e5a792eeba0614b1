import type { CheckedOptions } from '../options.ts'
import { createSeal, longestSealed } from '../sealing/seal.ts'
import type { KeyRing } from '../sealing/sealing-keys.ts'
import type { AnswerWindowOptions } from './answer-window.ts'
import { createDenyList } from './deny-list.ts'
import type { Memory } from './memory.ts'
import type { SharedRedis } from './redis.ts'
import { createRedisAnswerWindow } from './redis-answer-window.ts'
import { createRedisOnce } from './redis-once.ts'
import { createSharedAnswers, type SealedAnswer } from './shared-answers.ts'

/** In Redis: all instances remember the same. */
export function createRedisMemory(
  redis: SharedRedis,
  ring: KeyRing,
  { publicUrl, timeouts }: Pick<CheckedOptions, 'publicUrl' | 'timeouts'>,
): Memory {
  return {
    once: (use, options) => createRedisOnce(use, options, redis),

    answerWindow<T>(
      use: 'callback' | 'renewal',
      { life = 60_000, ...options }: AnswerWindowOptions<T> = {},
    ) {
      const seal = createSeal<SealedAnswer<T>>('answer', ring, { publicUrl }, longestAnswer)
      const answers = createSharedAnswers<T>(use, life, redis, seal)
      const longestTurn = timeouts.token + margin
      return createRedisAnswerWindow<T>(answers, { life, ...options, longestTurn })
    },

    denyList: createDenyList(redis),

    async check() {
      await redis.run('check', (connection) => connection.ping())
    },
  }
}

/** In characters: a sealed refresh token, sealed once more, with an access token. */
const longestAnswer = 4 * longestSealed

/** For what is done before and after Roambi is asked, in ms. */
const margin = 2000
