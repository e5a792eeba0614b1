// What may arrive at the upstream: written from the README, and from nothing in src/.
import { callbackUrl, client } from '../stage.ts'
import { marks, secretIn } from './marks.ts'

/** A request, as the upstream has received it. */
export interface Arrival {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** What can be known of the side of the apps. */
export interface Evidence {
  /** `host:port` of the upstream. */
  readonly host: string
  /** All that was sent of late, byte by byte, the newest first. */
  sent(): Iterable<string>
  /** The cookie that came with this `state`, where the proxy has given it out. */
  cookieOf(state: string): string | undefined
  /** The code of the sign-in that an upstream's refresh token belongs to. */
  codeOf(refreshToken: string): string | undefined
}

/** What it has of the request that has caused it. */
export function clueOf({ target, headers, body }: Arrival): string {
  return new URLSearchParams(body).get('code') || headerValue(headers, 'authorization') || target
}

/** What is wrong with it, in words that are the same for the same fault. */
export function judgeArrival(arrival: Arrival, evidence: Evidence): string | undefined {
  const { headers } = arrival
  const names = headers.map(([name]) => name.toLowerCase())
  if (new Set(names).size < names.length) return 'a header twice'
  if (names.includes('content-length') && names.includes('transfer-encoding')) {
    return 'a length and chunks'
  }
  if (!/^(keep-alive|close)?$/.test(headerValue(headers, 'connection')))
    return 'a Connection of the app'
  if (headerValue(headers, 'host') !== evidence.host) return 'another Host'
  return arrival.target === '/1/token'
    ? judgeGrant(arrival, names, evidence)
    : judgeApiRequest(arrival, names, evidence)
}

function headerValue(headers: Arrival['headers'], name: string): string {
  return headers.find(([one]) => one.toLowerCase() === name)?.[1] ?? ''
}

const transport = ['host', 'connection', 'content-length', 'content-type', 'accept-encoding']

function judgeGrant(
  { method, headers, body }: Arrival,
  names: readonly string[],
  evidence: Evidence,
): string | undefined {
  if (method !== 'POST') return 'a token request that is no POST'
  if (!names.every((name) => [...transport, 'accept'].includes(name))) {
    return 'a token request with a header of the app'
  }
  if (headerValue(headers, 'content-type') !== 'application/x-www-form-urlencoded') {
    return 'a token request without a form'
  }
  const pairs = [...new URLSearchParams(body)]
  const form = Object.fromEntries(pairs)
  const expected: Record<string, string | undefined> = {
    grant_type: form.grant_type === 'refresh_token' ? 'refresh_token' : 'authorization_code',
    ...(form.grant_type === 'refresh_token' && { refresh_token: form.refresh_token }),
    client_id: client.clientId,
    client_secret: client.clientSecret,
    code: form.code,
    redirect_uri: callbackUrl,
  }
  if (pairs.length !== Object.keys(expected).length) return 'a token request with other parameters'
  if (Object.entries(expected).some(([name, value]) => !value || form[name] !== value)) {
    return 'a token request with a parameter of the app'
  }
  const { code = '', refresh_token: refreshToken } = form
  if (refreshToken === undefined) return judgeCode(code, evidence)
  const isOfCode = evidence.codeOf(refreshToken) === code
  return isOfCode ? undefined : 'a refresh token that was not given out for this code'
}

/** A code comes from a callback, with the `state` and the cookie of a sign-in that was begun. */
function judgeCode(code: string, { sent, cookieOf }: Evidence): string | undefined {
  for (const text of sent()) {
    const plain = text.includes(code) ? text : unescaped(text)
    const requests = code.startsWith(marks.code) ? requestsWith(code, plain) : [plain]
    const isBegun = (request: string) =>
      [...request.matchAll(/roambi-login-([\w-]{22})=/g)].some(([, state = '']) => {
        const cookie = cookieOf(state)
        return cookie && request.includes(cookie) && request.split(state).length > 2
      })
    if (requests.some(isBegun)) return undefined
  }
  return 'a code without a sign-in that was begun'
}

/** From the line of the code to the end of the headers, wherever it stands in the text. */
function requestsWith(code: string, text: string): string[] {
  const places = [...text.matchAll(new RegExp(code, 'g'))].map(({ index }) => index)
  return places.map((place) => {
    const end = text.slice(place).search(/\r?\n\r?\n/)
    return text.slice(text.lastIndexOf('\n', place) + 1, end < 0 ? undefined : place + end)
  })
}

function unescaped(text: string): string {
  return text.replace(/%([\da-f]{2})/gi, (_all, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

const forwarded =
  /^(accept|accept-language|authorization|content-encoding|if-(match|modified-since|none-match|range|unmodified-since)|range|transfer-encoding|user-agent)$/

function judgeApiRequest(
  { method, target, headers }: Arrival,
  names: readonly string[],
  { sent }: Evidence,
): string | undefined {
  if (!/^(GET|HEAD|POST|PUT|PATCH|DELETE)$/.test(method)) return 'another method'
  if (!/^\/1\/[\x21-\x7e]*$/.test(target)) return 'a target outside of the API'
  const [path = ''] = target.split('?', 1)
  if (/%2f|%5c|[\\#]/i.test(path)) return 'a path with an encoded slash, a backslash or a fragment'
  const segments = unescaped(path)
    .split('/')
    .map((segment) => segment.split(';', 1)[0])
  if (segments.includes('.') || segments.includes('..')) return 'a path with a dot segment'
  const other = names.find((name) => !transport.includes(name) && !forwarded.test(name))
  if (other) return 'a header that is not forwarded'
  if (headers.some(([, value]) => secretIn(value)) || secretIn(target)) return 'the client secret'

  const authorization = headerValue(headers, 'authorization')
  if (!/^Bearer +[\w.~+/-]+=*$/i.test(authorization)) return 'no access token'
  for (const text of sent()) if (text.includes(authorization)) return undefined
  return 'an access token that nobody has sent'
}
