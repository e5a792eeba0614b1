import { expect, onTestFinished, test, vi } from 'vitest'
import { createOnce } from '../src/once.ts'

test('a name can be claimed once, and again when its time is over', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const once = createOnce(1000)
  expect(once.claim('a')).toBe(true)
  vi.advanceTimersByTime(999)
  expect(once.claim('a')).toBe(false)
  expect(once.claim('b')).toBe(true)
  vi.advanceTimersByTime(1)
  expect(once.claim('a')).toBe(true)
  expect(once.claim('b')).toBe(false)
})

test('when it is full, nothing is forgotten: the answer is to come back later', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const once = createOnce(1000, 2)
  once.claim('a')
  once.claim('b')
  expect(() => once.claim('c')).toThrow(
    expect.objectContaining({ code: 'temporarily_unavailable', status: 503 }),
  )
  expect(once.claim('a')).toBe(false)
  vi.advanceTimersByTime(1000)
  expect(once.claim('c')).toBe(true)
})
