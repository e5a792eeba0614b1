import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type AnswerWindow, createAnswerWindow } from '../src/memory/answer-window.ts'

interface Answer {
  readonly successor: string
}

let window: AnswerWindow<Answer>
let asked: string[]

beforeEach(() => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  window = createAnswerWindow<Answer>({ successorOf: ({ successor }) => successor, limit: 3 })
  asked = []
})

const ask = (token: string, jkt = 'key') =>
  window.answer(token, jkt, async () => {
    asked.push(token)
    return { successor: `${token}+` }
  })

test('an answer can be had again for a minute', async () => {
  const first = await ask('a')
  await vi.advanceTimersByTimeAsync(59_999)
  expect(await ask('a')).toBe(first)
  await vi.advanceTimersByTimeAsync(1)
  expect(await ask('a')).not.toBe(first)
  expect(asked).toEqual(['a', 'a'])
})

test('a request that is under way is joined, however long it takes', async () => {
  let arrive = (_answer: Answer) => {}
  const slow = () =>
    new Promise<Answer>((resolve) => {
      asked.push('slow')
      arrive = resolve
    })
  const one = window.answer('a', undefined, slow)
  await vi.advanceTimersByTimeAsync(120_000)
  const other = window.answer('a', undefined, slow)
  arrive({ successor: 'b' })
  expect(await one).toBe(await other)
  expect(asked).toEqual(['slow'])
})

test('another key, or none, has answers of its own', async () => {
  await ask('a', 'key')
  await ask('a', 'other')
  await window.answer('a', undefined, async () => ({ successor: 'b' }))
  expect(await ask('a', 'key')).toBe(await ask('a', 'key'))
  expect(asked).toEqual(['a', 'a'])
})

describe('an answer is dropped', () => {
  test('when its successor is used', async () => {
    await ask('a')
    await ask('a+')
    await ask('a')
    expect(asked).toEqual(['a', 'a+', 'a'])
  })

  test('but not when somebody else sends the successor', async () => {
    await ask('a')
    await ask('a+', 'other')
    await ask('a')
    expect(asked).toEqual(['a', 'a+'])
  })

  test('when it is a failure', async () => {
    const fail = () => Promise.reject(new Error('no'))
    await expect(window.answer('a', 'key', fail)).rejects.toThrow('no')
    await ask('a')
    expect(asked).toEqual(['a'])
  })

  test('by its own failure alone, not by that of one that made room for it', async () => {
    let fail = () => {}
    const failing = () =>
      new Promise<Answer>((_, reject) => {
        fail = () => reject(new Error('no'))
      })
    const first = window.answer('a', 'key', failing)
    for (const token of ['b', 'c', 'd']) await ask(token)
    await ask('a')
    fail()
    await expect(first).rejects.toThrow('no')
    await ask('a')
    expect(asked).toEqual(['b', 'c', 'd', 'a'])
  })

  test('when there are too many, the oldest first', async () => {
    for (const token of ['a', 'b', 'c', 'd']) await ask(token)
    await ask('d')
    await ask('b')
    expect(asked).toEqual(['a', 'b', 'c', 'd'])
    await ask('a')
    expect(asked).toEqual(['a', 'b', 'c', 'd', 'a'])
  })
})
