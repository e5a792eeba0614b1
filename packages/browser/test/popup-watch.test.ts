import { describe, expect, it } from 'vitest'
import { watchPopup } from '../src/popup-watch.ts'
import { createHandClock } from './hand-clock.ts'

/** A watched popup, and a way to let time go by with what it looks like meanwhile. */
function watched() {
  const clock = createHandClock()
  const over = new AbortController()
  const popup = { closed: false }
  const told: string[] = []
  let hasFocus = true
  watchPopup({ popup, clock, end: over.signal, hasFocus: () => hasFocus }, (sight) =>
    told.push(sight),
  )
  function pass(ms: number, reads: 'open' | 'closed', focus: 'focus' | 'no focus') {
    popup.closed = reads === 'closed'
    hasFocus = focus === 'focus'
    clock.advance(ms)
    return told
  }
  return { clock, over, told, pass }
}

describe('a popup', () => {
  it('that reads as open is open, wherever the focus is', () => {
    const { pass } = watched()
    pass(60_000, 'open', 'no focus')
    expect(pass(60_000, 'open', 'focus')).toEqual([])
  })

  it('that a COOP header has cut off is open while it has the focus', () => {
    expect(watched().pass(600_000, 'closed', 'no focus')).toEqual([])
  })

  it('may be closed when the focus has been back for two seconds', () => {
    const { pass } = watched()
    pass(5000, 'closed', 'no focus')
    expect(pass(1900, 'closed', 'focus')).toEqual([])
    expect(pass(900, 'closed', 'focus')).toEqual(['maybe-closed'])
  })

  it('is open again when the user goes back to it, and is told once each', () => {
    const { pass } = watched()
    pass(9000, 'closed', 'focus')
    pass(9000, 'closed', 'no focus')
    expect(pass(1500, 'closed', 'focus')).toEqual(['maybe-closed', 'open'])
    pass(300, 'closed', 'no focus')
    expect(pass(1500, 'closed', 'focus')).toEqual(['maybe-closed', 'open'])
    expect(pass(1500, 'closed', 'focus')).toEqual(['maybe-closed', 'open', 'maybe-closed'])
    expect(pass(300, 'open', 'focus').at(-1)).toBe('open')
  })

  it('is closed when it could be told apart, and the focus came back at once', () => {
    const { pass } = watched()
    pass(4000, 'open', 'no focus')
    pass(300, 'closed', 'no focus')
    expect(pass(3000, 'closed', 'focus')).toEqual(['closed'])
  })

  it.each([
    ['was cut off before its first page had loaded', 2000, 0],
    ['was cut off later, and kept the focus', 4000, 5000],
  ])('is not known to be closed when it %s', (_, open, cutOff) => {
    const { pass } = watched()
    pass(open, 'open', 'no focus')
    pass(cutOff, 'closed', 'no focus')
    expect(pass(5000, 'closed', 'focus')).toEqual(['maybe-closed'])
  })

  it('is not known to be closed when it never had the focus', () => {
    const { pass } = watched()
    pass(9000, 'open', 'focus')
    expect(pass(5000, 'closed', 'focus')).toEqual(['maybe-closed'])
  })

  it('is looked at no more when the sign-in has ended', () => {
    const { pass, over, clock } = watched()
    pass(1000, 'open', 'focus')
    over.abort()
    expect(clock.waiting).toBe(0)
    expect(pass(9000, 'closed', 'focus')).toEqual([])
  })
})
