import { expect, onTestFinished, test, vi } from 'vitest'
import { createOnce, type OnceOptions } from '../src/once.ts'

function start(options: Partial<OnceOptions> = {}) {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  return createOnce({ life: 1000, ...options })
}

const refusal = (code: string, status: number) => expect.objectContaining({ code, status })

test('a name can be claimed once, and again when its time is over', () => {
  const once = start()
  expect(once.claim('a')).toBe(true)
  vi.advanceTimersByTime(999)
  expect(once.claim('a')).toBe(false)
  expect(once.claim('b')).toBe(true)
  vi.advanceTimersByTime(1)
  expect(once.claim('a')).toBe(true)
  expect(once.claim('b')).toBe(false)
})

test('when it is full, nothing is forgotten: the answer is to come back later', () => {
  const once = start({ limit: 2 })
  once.claim('a')
  once.claim('b')
  expect(() => once.claim('c')).toThrow(refusal('temporarily_unavailable', 503))
  expect(once.claim('a')).toBe(false)
  vi.advanceTimersByTime(1000)
  expect(once.claim('c')).toBe(true)
})

test('each owner has names and a limit of his own, so that none takes the place of the others', () => {
  const once = start({ limit: 100, limitOfOwner: 2 })
  expect([once.claim('a', 'one'), once.claim('a', 'other')]).toEqual([true, true])
  once.claim('b', 'one')
  expect(() => once.claim('c', 'one')).toThrow(refusal('temporarily_unavailable', 429))
  expect(once.claim('a', 'one')).toBe(false)
  expect(once.claim('b', 'other')).toBe(true)
  vi.advanceTimersByTime(1000)
  expect([once.claim('c', 'one'), once.claim('d', 'one')]).toEqual([true, true])
  expect(() => once.claim('e', 'one')).toThrow(refusal('temporarily_unavailable', 429))
})
