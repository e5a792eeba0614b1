// A request on its way to becoming bytes, so that each part can still be changed.
import type { Draft, Piece } from '../hostile-requests.ts'

export interface RawMessage {
  readonly line: string
  readonly headers: readonly string[]
  /** What tells how long the body is, and the body so framed. */
  readonly framing: readonly string[]
  readonly body: string
  /** Of a line. */
  readonly end: string
}

export function rawMessage(draft: Draft, read: (piece: Piece) => string): RawMessage {
  const fill = (pairs: Draft['form']) =>
    pairs.map(([name, value]): [string, string] => [name, read(value)])
  const query = String(new URLSearchParams(fill(draft.query)))
  const body = String(new URLSearchParams(fill(draft.form)))
  const hasBody = body !== '' || !['GET', 'HEAD', 'TRACE', 'OPTIONS'].includes(draft.method)
  return {
    line: `${draft.method} ${draft.path}${query && (draft.path.includes('?') ? '&' : '?')}${query} HTTP/1.1`,
    headers: [
      'host: auth.example.com',
      ...(hasBody ? ['content-type: application/x-www-form-urlencoded'] : []),
      ...fill(draft.headers).map(([name, value]) => `${name}: ${sendable(value)}`),
    ],
    framing: hasBody ? [`content-length: ${Buffer.byteLength(body)}`] : [],
    body,
    end: '\r\n',
  }
}

// What else may stand in a header ends the connection, and has its place among the odd ones.
function sendable(value: string): string {
  return Buffer.from(value)
    .toString('latin1')
    .replace(/[^\t\x20-\x7e\x80-\xff]/g, '')
}

export function encode({ line, headers, framing, body, end }: RawMessage): Buffer {
  return Buffer.from([line, ...headers, ...framing, '', body].join(end), 'latin1')
}
