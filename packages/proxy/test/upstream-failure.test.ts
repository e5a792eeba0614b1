import { expect, test } from 'vitest'
import { failureOf } from '../src/upstream-failure.ts'

test.each([
  ['ECONNREFUSED', 'unreachable'],
  ['ENOTFOUND', 'unreachable'],
  ['EAI_AGAIN', 'unreachable'],
  ['UND_ERR_CONNECT_TIMEOUT', 'unreachable'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_OVERFLOW', 'unreadable'],
  ['UND_ERR_SOCKET', 'reset'],
  ['ECONNRESET', 'reset'],
  // May strike an open connection as well.
  ['ETIMEDOUT', 'reset'],
  ['EHOSTUNREACH', 'reset'],
  ['CERT_HAS_EXPIRED', 'reset'],
  ['SOMETHING_NEW', 'reset'],
])('%s means %s', (code, failure) => {
  expect(failureOf(Object.assign(new Error(), { code }))).toBe(failure)
})

test('an error without a code may have been sent', () => {
  expect(failureOf(new TypeError('a bug'))).toBe('reset')
})
