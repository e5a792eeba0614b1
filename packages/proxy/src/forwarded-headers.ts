import type { IncomingHttpHeaders } from 'node:http'

/** Of the app's request headers, those that are the API's business; no cookie, Origin or Referer. */
export function apiRequestHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return pick(headers, requestHeaders)
}

/** Of the upstream's answer headers, those that are the app's business; no cookie or CORS header. */
export function apiAnswerHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { vary } = headers
  return { ...pick(headers, answerHeaders), vary: vary ? `Origin, ${vary}` : 'Origin' }
}

const requestHeaders = [
  'accept',
  'accept-encoding',
  'accept-language',
  'authorization',
  'content-encoding',
  'content-length',
  'content-type',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-unmodified-since',
  'range',
  'user-agent',
]

const answerHeaders = [
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
  return Object.fromEntries(
    names.filter((name) => headers[name] !== undefined).map((name) => [name, headers[name]]),
  )
}
