import { RoambiAuthError, type Snapshot } from '@roambi-auth/browser'
import { describe, expect, it } from 'vitest'
import { adviceOn } from '../src/advice.ts'
import { initialsOf } from '../src/profile.ts'
import { newsOf, newsOfDeletion } from '../src/session-news.ts'
import { inWords } from '../src/time-left.ts'

const signedOut: Snapshot = {
  status: 'signed-out',
  reason: 'loaded',
  elsewhere: false,
  session: null,
  expiresAt: undefined,
  persistence: 'persistent',
  signInWindow: undefined,
  error: undefined,
}

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
    const reasons = ['signed-in', 'renewed', 'signed-out', 'window-open', 'finishing'] as const
    const sentences = reasons.flatMap((reason) =>
      [false, true].map((elsewhere) => newsOf({ ...signedOut, reason, elsewhere })?.[1]),
    )
    // What goes on in the window goes on in this tab.
    expect(new Set(sentences).size).toBe(8)
  })

  it('tell whether the browser keeps the session', () => {
    const reason = 'persistence'
    expect(newsOf({ ...signedOut, reason, persistence: 'memory' })?.[1]).toContain('can’t be kept')
    expect(newsOf({ ...signedOut, reason, persistence: 'persistent' })?.[1]).toContain('again')
  })

  it('tell whether a sign-out has reached the store', () => {
    expect(newsOfDeletion()).toEqual(['news', 'The session is deleted from this browser.'])
    const [kind, sentence] = newsOfDeletion(new RoambiAuthError('storage_failed', 'No.'))
    expect(kind).toBe('failure')
    expect(sentence).toMatch(/signed out here.* could not be reached .*sign out again/)
    const disposed = new RoambiAuthError('disposed', 'Over.')
    expect(() => newsOfDeletion(disposed)).toThrow(disposed)
  })

  it('say what to do about an error, and nothing where the page itself shows it', () => {
    const error = (code: string) => new RoambiAuthError(code, 'As the library says.')
    expect(adviceOn(error('popup_blocked'))).toContain('Allow pop-ups')
    expect(adviceOn(error('something_new'))).toContain('did not work')
    expect(adviceOn(error('constructor'))).toContain('did not work')
    expect(adviceOn(error('session_expired'))).toBeUndefined()
    expect(adviceOn(new TypeError('Failed to fetch'))).toContain('Check your connection')
  })
})
