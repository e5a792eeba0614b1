import { RoambiAuthError, type SessionChange } from '@roambi-auth/browser'
import { describe, expect, it } from 'vitest'
import { adviceOn } from '../src/advice.ts'
import { initialsOf } from '../src/profile.ts'
import { newsOf } from '../src/session-news.ts'
import { inWords } from '../src/time-left.ts'

describe('the words of the page', () => {
  it.each([
    ['Joan Harris', 'JH'],
    ['Joan P. Harris', 'JH'],
    ['Joan', 'J'],
    ['  élan vital ', 'ÉV'],
    ['', ''],
  ])('shorten the name %j to %j', (name, initials) => {
    expect(initialsOf(name)).toBe(initials)
  })

  it.each([
    [86_340_000, '23 h 59 min'],
    [61_000, '1 min 1 s'],
    [42_999, '42 s'],
    [0, '0 s'],
  ])('call %i ms %j', (duration, words) => {
    expect(inWords(duration)).toBe(words)
  })

  it('tell each change of the session apart', () => {
    const reasons = ['loaded', 'signed-in', 'renewed', 'signed-out', 'expired'] as const
    const changes = reasons.flatMap((reason): SessionChange[] => [
      { reason, elsewhere: false },
      { reason, elsewhere: true },
    ])
    const sentences = changes.map((change) => newsOf(null, change)[1])
    // A session ends in all tabs alike.
    expect(new Set(sentences).size).toBe(sentences.length - 1)
  })

  it('say what to do about an error, and nothing where the page itself shows it', () => {
    const error = (code: string) => new RoambiAuthError(code, 'As the library says.')
    expect(adviceOn(error('popup_blocked'))).toContain('Allow pop-ups')
    expect(adviceOn(error('something_new'))).toBe('As the library says.')
    expect(adviceOn(error('constructor'))).toBe('As the library says.')
    expect(adviceOn(error('session_expired'))).toBeUndefined()
    expect(adviceOn(new TypeError('Failed to fetch'))).toContain('Check your connection')
  })
})
