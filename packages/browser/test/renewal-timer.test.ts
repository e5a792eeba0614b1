import { describe, expect, it } from 'vitest'
import { createRenewalTimer } from '../src/renewal-timer.ts'
import { createHandClock } from './hand-clock.ts'

const minute = 60_000

/** A timer of a renewal that is due in `untilDue` ms. */
function createTimer(untilDue: number | undefined, random = 0) {
  const clock = createHandClock()
  const life = new AbortController()
  const page = {
    due: untilDue === undefined ? undefined : clock.now() + untilDue,
    isWanted: true,
    random,
    renewals: 0,
    jumpedBy: 0,
  }
  const arm = createRenewalTimer({
    clock: { now: () => clock.now() + page.jumpedBy, after: clock.after },
    life: life.signal,
    random: () => page.random,
    dueAt: () => page.due,
    isWanted: () => page.isWanted,
    onDue: () => void page.renewals++,
  })
  arm()
  return { clock, life, page, arm }
}

describe('the timer of a renewal', () => {
  it.each([
    ['at its time', 0, 0],
    ['a little later, so that not all tabs begin at once', 0.5, 5000],
  ])('renews %s', (_, random, later) => {
    const { clock, page } = createTimer(minute, random)
    clock.advance(minute + later - 1)
    expect(page.renewals).toBe(0)
    clock.advance(1)
    expect(page.renewals).toBe(1)
  })

  it('renews once, until it is set anew', () => {
    const { clock, page, arm } = createTimer(minute)
    clock.advance(10 * minute)
    expect(page.renewals).toBe(1)
    page.due = clock.now() + minute
    arm()
    clock.advance(minute)
    expect(page.renewals).toBe(2)
  })

  it('is not put off by being set again to the same time', () => {
    const { clock, page, arm } = createTimer(minute, 0.1)
    page.random = 0.9
    arm()
    expect(clock.waiting).toBe(1)
    clock.advance(minute + 1000)
    expect(page.renewals).toBe(1)
  })

  it('follows a time that has changed', () => {
    const { clock, page, arm } = createTimer(minute)
    page.due = clock.now() + 2 * minute
    arm()
    clock.advance(minute)
    expect([page.renewals, clock.waiting]).toEqual([0, 1])
    clock.advance(minute)
    expect(page.renewals).toBe(1)
  })

  it('waits a second where the time is long past, so that a failure is no loop', () => {
    const { clock, page } = createTimer(-minute)
    clock.advance(999)
    expect(page.renewals).toBe(0)
    clock.advance(1)
    expect(page.renewals).toBe(1)
  })

  it('looks every hour at a time that is days away', () => {
    const days = 30 * 24 * 60 * minute
    const { clock, page } = createTimer(days)
    clock.advance(days - 1)
    expect([page.renewals, clock.waiting]).toEqual([0, 1])
    clock.advance(1)
    expect(page.renewals).toBe(1)
  })

  it('notices within an hour that the clock has jumped', () => {
    const days = 30 * 24 * 60 * minute
    const { clock, page } = createTimer(days)
    page.jumpedBy = days
    clock.advance(60 * minute)
    expect(page.renewals).toBe(1)
  })

  it('leaves alone what nobody would miss, and goes on when it is set again', () => {
    const { clock, page, arm } = createTimer(minute)
    page.isWanted = false
    clock.advance(60 * minute)
    expect([page.renewals, clock.waiting]).toEqual([0, 0])
    page.isWanted = true
    arm()
    clock.advance(1000)
    expect(page.renewals).toBe(1)
  })

  it('does nothing where nothing is due, or no longer', () => {
    const { clock, page, arm } = createTimer(undefined)
    expect(clock.waiting).toBe(0)
    page.due = clock.now() + minute
    arm()
    page.due = undefined
    arm()
    expect(clock.waiting).toBe(0)
    clock.advance(2 * minute)
    expect(page.renewals).toBe(0)
  })

  it('ends with its life', () => {
    const { clock, life, page, arm } = createTimer(minute)
    life.abort()
    expect(clock.waiting).toBe(0)
    page.due = clock.now() + 1
    arm()
    expect(clock.waiting).toBe(0)
  })
})
