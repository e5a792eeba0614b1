// @vitest-environment node

import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { wait, within } from '../src/clock.ts'
import { createHandClock } from './hand-clock.ts'

describe('a wait', () => {
  it('is over after its time, and leaves nothing behind', async () => {
    const clock = createHandClock()
    const { signal } = new AbortController()
    let isOver = false
    const waiting = wait(clock, 1000, signal).then(() => {
      isOver = true
    })
    clock.advance(999)
    await Promise.resolve()
    expect(isOver).toBe(false)
    clock.advance(1)
    await waiting
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('is over when it is aborted, and leaves no timer behind', async () => {
    const clock = createHandClock()
    const controller = new AbortController()
    const waiting = wait(clock, 1000, controller.signal)
    controller.abort(new Error('Changed my mind'))
    await expect(waiting).rejects.toThrow('Changed my mind')
    expect(clock.waiting).toBe(0)
  })

  it('does not begin once it is aborted', async () => {
    const clock = createHandClock()
    const waiting = wait(clock, 1000, AbortSignal.abort())
    expect(clock.waiting).toBe(0)
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('a limit', () => {
  it('ends what takes longer', async () => {
    const clock = createHandClock()
    const endless = expect(within(clock, 1000, new Promise(() => {}))).rejects
    clock.advance(1000)
    await endless.toMatchObject({ name: 'TimeoutError' })
  })

  it('leaves no timer behind', async () => {
    const clock = createHandClock()
    expect(await within(clock, 1000, Promise.resolve(1))).toBe(1)
    const failed = within(clock, 1000, Promise.reject(new Error('Gone')))
    await expect(failed).rejects.toThrow('Gone')
    await Promise.resolve()
    expect(clock.waiting).toBe(0)
  })

  it('begins anew when the page has slept: what it waits for was not late', async () => {
    const hand = createHandClock()
    let slept = 0
    const clock = { ...hand, now: () => hand.now() + slept }
    let arrive = (_: string) => {}
    const answer = new Promise<string>((resolve) => {
      arrive = resolve
    })
    const waited = within(clock, 1000, answer)
    slept = 3_600_000
    hand.advance(1000)
    arrive('in time')
    expect(await waited).toBe('in time')
  })
})
