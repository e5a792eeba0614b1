// What a line of the log may hold.
import { leakIn } from './marks.ts'

/** What is wrong with a line of standard output. */
export function judgeLogLine(line: string): string | undefined {
  const [, path = ''] = /"path":"((?:[^"\\]|\\.)*)"/.exec(line) ?? []
  if (/[?#;]/.test(path)) return 'a query in the log'
  // Of a request that is malformed, anything may stand where its path is.
  if (leakIn(line.replace(path, ''))) return 'a code, token or secret in the log'
  const level = /^\{"level":(\d\d)/.exec(line)?.[1]
  if (level === undefined || !line.endsWith('}')) return 'a line of the log that is no JSON'
  return Number(level) >= 50 ? 'an error in the log' : undefined
}
