import type { IncomingHttpHeaders } from 'node:http'

/** Of the app's request headers, those that are the API's business; no cookie, Origin or Referer. */
export function apiRequestHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return pick(headers, requestHeaders)
}

/** Of the upstream's answer headers, those that are the app's business; no cookie or CORS header. */
export function apiAnswerHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { vary, ...picked } = pick(headers, [...answerHeaders, 'vary'])
  return { ...picked, vary: vary ? `Origin, ${vary}` : 'Origin' }
}

/** What `Connection` names is for the next hop alone (RFC 9110 section 7.6.1), in small letters. */
export function namedByConnection({ connection = '' }: IncomingHttpHeaders): readonly string[] {
  return connection
    ? String(connection)
        .toLowerCase()
        .split(',')
        .map((name) => name.trim())
    : []
}

/** Those that the app's page may set; the browser adds the others. */
export const appHeaders: readonly string[] = [
  'accept',
  'accept-language',
  'authorization',
  'content-encoding',
  'content-type',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'range',
]

const requestHeaders = [...appHeaders, 'accept-encoding', 'content-length', 'host', 'user-agent']

/** All of which the app's page may read. */
export const answerHeaders: readonly string[] = [
  'accept-ranges',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'expires',
  'last-modified',
  'location',
  'retry-after',
  'www-authenticate',
]

function pick(headers: IncomingHttpHeaders, names: readonly string[]): IncomingHttpHeaders {
  const forNextHop = namedByConnection(headers)
  const picked: IncomingHttpHeaders = {}
  for (const name of names) {
    const value = headers[name]
    if (value !== undefined && !forNextHop.includes(name)) picked[name] = value
  }
  return picked
}
