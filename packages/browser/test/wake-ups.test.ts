import { afterEach, describe, expect, it, vi } from 'vitest'
import { listenForWakeUps } from '../src/wake-ups.ts'
import { createHandClock } from './hand-clock.ts'

const lives: AbortController[] = []

afterEach(() => {
  vi.restoreAllMocks()
  for (const life of lives.splice(0)) life.abort()
})

function listen() {
  const clock = createHandClock()
  const life = new AbortController()
  lives.push(life)
  const heard: string[] = []
  listenForWakeUps(clock, life.signal, (isOnlineAgain) => {
    heard.push(isOnlineAgain ? 'online' : 'awake')
  })
  return { clock, life, heard }
}

function becomes(state: DocumentVisibilityState): void {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state)
  document.dispatchEvent(new Event('visibilitychange'))
}

describe('a page wakes up', () => {
  it.each(['pageshow', 'focus', 'online'])('at %s', (type) => {
    const { heard } = listen()
    dispatchEvent(new Event(type))
    expect(heard).toEqual([type === 'online' ? 'online' : 'awake'])
  })

  it('when it becomes visible, and not when it is hidden', () => {
    const { clock, heard } = listen()
    becomes('hidden')
    expect(heard).toEqual([])
    clock.advance(60_000)
    becomes('visible')
    expect(heard).toEqual(['awake'])
  })

  it('at once and once more, when several events come together', () => {
    const { clock, heard } = listen()
    becomes('visible')
    dispatchEvent(new Event('focus'))
    clock.advance(500)
    dispatchEvent(new Event('pageshow'))
    expect(heard).toEqual(['awake'])
    clock.advance(500)
    expect(heard).toEqual(['awake', 'awake'])
    clock.advance(60_000)
    expect(heard).toEqual(['awake', 'awake'])
  })

  it('once, when one event comes alone', () => {
    const { clock, heard } = listen()
    dispatchEvent(new Event('focus'))
    clock.advance(60_000)
    expect(heard).toEqual(['awake'])
    expect(clock.waiting).toBe(0)
  })

  it('when the network is back in any case, also in a hidden page', () => {
    const { heard } = listen()
    becomes('visible')
    becomes('hidden')
    dispatchEvent(new Event('online'))
    expect(heard).toEqual(['awake', 'online'])
  })

  it('no more when its life is over', () => {
    const { life, heard } = listen()
    life.abort()
    becomes('visible')
    for (const type of ['online', 'pageshow', 'focus']) dispatchEvent(new Event(type))
    expect(heard).toEqual([])
  })
})
