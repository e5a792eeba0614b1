// What can be odd about a request beside its parameters.
import type { RawMessage } from './raw-message.ts'

export type WireChange = (message: RawMessage) => RawMessage

const headers =
  (...added: string[]): WireChange =>
  (message) => ({ ...message, headers: [...message.headers, ...added] })

const contentType =
  (type: string): WireChange =>
  (message) => ({
    ...message,
    headers: [
      ...message.headers.filter((header) => !header.startsWith('content-type')),
      ...(type ? [`content-type: ${type}`] : []),
    ],
  })

const framing =
  (frame: (length: number, body: string) => readonly string[]): WireChange =>
  (message) => ({ ...message, framing: frame(Buffer.byteLength(message.body), message.body) })

const chunked =
  (
    size: (length: number) => string,
    added: readonly string[] = [],
    end = '0\r\n\r\n',
  ): WireChange =>
  (message) => {
    const length = Buffer.byteLength(message.body)
    return {
      ...message,
      framing: ['transfer-encoding: chunked', ...added],
      body: `${length > 0 ? `${size(length)}\r\n${message.body}\r\n` : ''}${end}`,
    }
  }

const hex = (length: number) => length.toString(16)

const line =
  (search: RegExp, replacement: string): WireChange =>
  (message) => ({ ...message, line: message.line.replace(search, replacement) })

const eachHeader =
  (change: (header: string, index: number) => string): WireChange =>
  (message) => ({ ...message, headers: message.headers.map(change) })

const escaped = (text: string) =>
  text.replace(/\w/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)

const inFrame: WireChange[] = [
  ...[-1, 1, 2, 40, 1e9].map((more) => framing((length) => [`content-length: ${length + more}`])),
  ...['-1', '+3', '0x10', '1e2', '', '3, 3', '99999999999999999999', '12 ', '\xb2'].map((text) =>
    framing(() => [`content-length: ${text}`]),
  ),
  framing(() => []),
  framing((length) => [`content-length: ${length}`, `content-length: ${length}`]),
  framing((length) => [`content-length: ${length}`, `Content-Length: ${length + 1}`]),
  framing((length) => [`content-length: ${length}`, 'transfer-encoding: identity']),
  framing((length) => [`content-length: ${length}`, 'expect: 100-continue']),
  framing((length) => [`content-length: ${length}`, 'expect: 200-maybe']),
  chunked(hex),
  chunked((length) => `${hex(length)};name="value\\""`),
  chunked((length) => `000${hex(length)} `),
  chunked((length) => hex(length + 3)),
  chunked((length) => hex(length - 1)),
  chunked(() => 'fffffffffffffffff'),
  chunked(() => '-1'),
  chunked(hex, ['trailer: authorization'], '0\r\nauthorization: Bearer smuggled\r\n\r\n'),
  chunked(hex, ['content-length: 3']),
  chunked(hex, ['transfer-encoding: identity']),
  chunked(hex, ['transfer-encoding: chunked']),
  chunked(hex, ['expect: 100-continue']),
  chunked(hex, [], '0\r\n'),
  chunked(hex, [], ''),
  (message) => ({ ...chunked(hex)(message), framing: ['transfer-encoding: \tchunked'] }),
  (message) => ({ ...chunked(hex)(message), framing: ['transfer-encoding: gzip, chunked'] }),
  (message) => ({ ...chunked(hex)(message), framing: ['transfer-encoding: chunked, gzip'] }),
  (message) => ({ ...message, body: message.body.repeat(80) }),
]

const inContentType = [
  '',
  'application/json',
  'application/json; charset=utf-7',
  'application/x-www-form-urlencoded; charset=utf-16',
  'APPLICATION/X-WWW-FORM-URLENCODED',
  'application/x-www-form-urlencoded, application/json',
  'multipart/form-data; boundary=x',
  'text/plain',
  'x',
  '/',
  ';;;',
  '__proto__/constructor',
].map(contentType)

const inHeaders: WireChange[] = [
  headers('connection: close, authorization'),
  headers('connection: upgrade', 'upgrade: websocket'),
  headers('connection: upgrade, http2-settings', 'upgrade: h2c', 'http2-settings: AAMAAABkAAQ'),
  headers('connection: keep-alive', 'keep-alive: timeout=1'),
  headers('te: trailers, deflate;q=0.5', 'trailer: x'),
  headers('proxy-authorization: Basic eDp4', 'proxy-connection: keep-alive'),
  headers('host: evil.example'),
  headers('content-encoding: gzip'),
  headers('accept-encoding: \x01'),
  headers('sec-fetch-dest: iframe'),
  headers('max-forwards: 0', 'via: 1.1 x', 'x-http-method: PUT'),
  headers('authorization: Bearer other', 'authorization: Basic eDp4'),
  headers('dpop: x', 'dpop: y'),
  headers('cookie: a=b; __proto__=c; =; ;', 'cookie: __Host-roambi-login-x=y'),
  headers('if-none-match: *', 'range: bytes=0-0, 2-, -1', 'accept-language: *'),
  headers(`x: ${'x'.repeat(9_000)}`),
  headers(`x: ${'x'.repeat(17_000)}`),
  headers(...Array.from({ length: 150 }, (_, index) => `x-${index}: y`)),
  headers(...Array.from({ length: 2_100 }, () => 'a:')),
  headers('origin: https://app.example.com.evil.example'),
  headers('origin: https://app.example.com'),
  headers('x : space', 'y: z'),
  headers(': no name'),
  headers('x: folded', ' on'),
  headers('x: null \0'),
  headers('x: lonely \r return'),
  eachHeader((header) => header.toUpperCase()),
  eachHeader((header) => header.replace(':', ' :')),
  eachHeader((header) => header.replace(': ', ':\t  ')),
  eachHeader((header) => `${header}\t `),
  (message) => ({ ...message, headers: message.headers.flatMap((header) => [header, header]) }),
  (message) => ({ ...message, headers: message.headers.slice(1) }),
  (message) => ({ ...message, headers: message.headers.slice(0, 1) }),
  (message) => ({ ...message, end: '\n' }),
]

const inLine: WireChange[] = [
  line(/HTTP\/1.1$/, 'HTTP/1.0'),
  line(/HTTP\/1.1$/, 'HTTP/2.0'),
  line(/ HTTP\/1.1$/, ''),
  line(/^\w+/, 'get'),
  line(/^\w+/, 'PROPFIND'),
  line(/^\w+/, 'CONNECT'),
  line(/^\w+/, 'HEAD'),
  line(/^\w+/, 'OPTIONS'),
  line(/^\w+ [^? ]+/, 'OPTIONS *'),
  line(/ \//, ' https://auth.example.com/'),
  line(/ \//, ' http://evil.example/'),
  line(/ \//, ' //evil.example/'),
  line(/ \//, ' /./'),
  line(/\/1\//, '/1/x/../'),
  line(/\/1\//, '/1/x/%2e%2E/'),
  line(/\/1\//, '/1/..;/'),
  line(/\/1\//, '/1/%252e%252e/'),
  line(/\/1\//, '/1/..%2f'),
  line(/\/1\//, '/1/..\\'),
  line(/\/1\//, '/1/..%5c'),
  line(/\/1\//, '/1//'),
  line(/\/1\//, '/%31/'),
  line(/\/1\//, '/1/\t../'),
  line(/\/1\//, '/1/%c0%ae%c0%ae/'),
  line(/\/1\//, '/1/%00'),
  line(/\/1\//, '/1/é'),
  line(/\/1\/\w+/, '$&/'),
  line(/\/1\/\w+/, '$&;x=y'),
  line(/\/1\/\w+/, '$&#x'),
  line(/\/1\/\w+/, '$&%20'),
  line(/\?/, '?&&;'),
  line(/\?/, '??'),
  line(/=/g, '%3D'),
  line(/&/g, ';'),
  line(/\?[^ ]*/, `$&&%zz=%&%=%e9&${'a=b&'.repeat(1100)}`),
  line(/\?[^ ]*/, `$&&${'x'.repeat(9_000)}`),
  (message) => ({
    ...message,
    line: message.line.replace(/\?([^ ]*)/, (_all, query) => `?${escaped(query)}`),
  }),
  (message) => ({
    ...message,
    line: message.line.replace(/\/1\/(\w+)/, (_all, name) => `/1/${escaped(name)}`),
  }),
]

export const wireChanges: readonly WireChange[] = [
  ...inFrame,
  ...inContentType,
  ...inHeaders,
  ...inLine,
]
