import { expect, onTestFinished, test, vi } from 'vitest'
import { createOnce, type OnceOptions } from '../src/memory/once.ts'

function start(options: Partial<OnceOptions> = {}) {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  return createOnce({ life: 1000, ...options })
}

const refusal = (code: string, status: number) => expect.objectContaining({ code, status })

test('a name can be claimed once, and again when its time is over', async () => {
  const once = start()
  expect(await once.claim('a')).toBe(true)
  vi.advanceTimersByTime(999)
  expect(await once.claim('a')).toBe(false)
  expect(await once.claim('b')).toBe(true)
  vi.advanceTimersByTime(1)
  expect(await once.claim('a')).toBe(true)
  expect(await once.claim('b')).toBe(false)
})

test('when it is full, nothing is forgotten: the answer is to come back later', async () => {
  const once = start({ limit: 2 })
  await once.claim('a')
  await once.claim('b')
  await expect(once.claim('c')).rejects.toEqual(refusal('temporarily_unavailable', 503))
  expect(await once.claim('a')).toBe(false)
  vi.advanceTimersByTime(1000)
  expect(await once.claim('c')).toBe(true)
})

test('each owner has names and a limit of his own, so that none takes the place of the others', async () => {
  const once = start({ limit: 100, limitOfOwner: 2 })
  expect(await Promise.all([once.claim('a', 'one'), once.claim('a', 'other')])).toEqual([
    true,
    true,
  ])
  await once.claim('b', 'one')
  await expect(once.claim('c', 'one')).rejects.toEqual(refusal('temporarily_unavailable', 429))
  expect(await once.claim('a', 'one')).toBe(false)
  expect(await once.claim('b', 'other')).toBe(true)
  vi.advanceTimersByTime(1000)
  expect(await Promise.all([once.claim('c', 'one'), once.claim('d', 'one')])).toEqual([true, true])
  await expect(once.claim('e', 'one')).rejects.toEqual(refusal('temporarily_unavailable', 429))
})
