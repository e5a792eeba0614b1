import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { rateLimited } from '../http/errors.ts'
import type { Once, OnceOptions } from './once.ts'
import type { RedisUse, SharedRedis } from './redis.ts'

/**
 * Used once by all instances together. It fails closed: without Redis, nothing can be claimed.
 *
 * How many are remembered in all is for Redis to say. Those of one owner are counted from his first
 * one on, until that one is forgotten.
 */
export function createRedisOnce(
  use: RedisUse,
  { life, limitOfOwner, returnable = false }: OnceOptions,
  redis: SharedRedis,
): Once {
  const claim = redis.script(use, 'claimOnce', claimScript)
  const lost = createLostClaims(use, life, redis)

  return {
    async claim(name, owner = '') {
      const key = `${use}:${hashOf(`${owner} ${name}`)}`
      const counts = limitOfOwner === undefined ? [] : [`${use}-count:${hashOf(owner)}`]
      const mark = randomUUID()
      if (returnable) await lost.takeBack(key)
      const result = await claim([key, ...counts], [mark, life, limitOfOwner ?? 0]).catch(
        (error) => {
          if (returnable) lost.remember(key, mark)
          throw error
        },
      )
      if (typeof result === 'number') throw rateLimited(Math.max(1, Math.ceil(result / 1000)))
      return result === 'claimed'
    },
  }
}

interface LostClaims {
  remember(key: string, mark: string): void
  /** Rejects with OAuthError. */
  takeBack(key: string): Promise<void>
}

/**
 * A claim may have been made though its answer did not come. Nothing was given for it, so it is taken
 * back as soon as Redis is there: who brings the same code again is not refused for its sake.
 */
function createLostClaims(use: RedisUse, life: number, redis: SharedRedis): LostClaims {
  const release = redis.script(use, 'releaseClaim', releaseScript)
  const lost = new Map<string, { readonly mark: string; readonly endsAt: number }>()
  let running = false

  async function takeBack(key: string): Promise<void> {
    const claim = lost.get(key)
    if (!claim) return
    await release([key], [claim.mark])
    lost.delete(key)
  }

  async function takeAllBack(): Promise<void> {
    running = true
    while (lost.size > 0) {
      await pause(100, undefined, { ref: false })
      for (const [key, { endsAt }] of lost) {
        if (endsAt <= Date.now()) lost.delete(key)
        else if (redis.isReady) await takeBack(key).catch(() => {})
      }
    }
    running = false
  }

  return {
    remember(key, mark) {
      lost.set(key, { mark, endsAt: Date.now() + life })
      if (!running) takeAllBack()
    },
    takeBack,
  }
}

/** A name may be a secret, and is at times one that can be guessed no better than this. */
function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('base64url')
}

const claimScript = `
  if redis.call('EXISTS', KEYS[1]) == 1 then return 'used' end
  if KEYS[2] then
    local count = redis.call('INCR', KEYS[2])
    if count == 1 then redis.call('PEXPIRE', KEYS[2], ARGV[2]) end
    if count > tonumber(ARGV[3]) then return redis.call('PTTL', KEYS[2]) end
  end
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 'claimed'
`

const releaseScript = `
  if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
`
