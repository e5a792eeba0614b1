import { expect, it } from 'vitest'
import { RoambiAuthError } from '../src/errors.ts'
import type { LoginAttempt } from '../src/login-attempt.ts'
import { judgeProgress } from '../src/login-progress.ts'

/** What counts when attempts have these statuses, after `error` has ended another one. */
function judged(statuses: string, error?: unknown) {
  const all = statuses.split(' ').filter(Boolean) as LoginAttempt['status'][]
  return judgeProgress(
    all.map((status) => ({ status })),
    error,
  )
}

it.each([
  ['maybe-closed open', 'open'],
  ['open redirecting', 'redirecting'],
  ['open finishing maybe-closed', 'finishing'],
  ['maybe-closed', 'maybe-closed'],
])('of %s, %s counts', (statuses, status) => {
  expect(judged(statuses)).toEqual({ status })
})

it('a failure counts when nothing else is under way', () => {
  const error = new RoambiAuthError('access_denied', 'No.')
  expect(judged('', error)).toEqual({ status: 'idle', error })
  expect(judged('maybe-closed', error)).toEqual({ status: 'maybe-closed' })
})

it.each(['login_aborted', 'login_superseded'])('%s is no failure', (code) => {
  expect(judged('', new RoambiAuthError(code, 'Given up.'))).toEqual({ status: 'idle' })
})
