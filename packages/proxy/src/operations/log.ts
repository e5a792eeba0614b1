import { parseUrl } from '../http/parse-url.ts'

interface LoggedRequest {
  readonly method: string
  readonly url: string
  readonly headers?: { readonly origin?: string | undefined }
}

interface LoggedError {
  readonly name: string
  readonly code?: unknown
  readonly stack?: string
}

type LogSerializers = {
  readonly req: (request: LoggedRequest) => Record<string, unknown>
  readonly err: (error: LoggedError) => { type: string; message: string; stack: string }
}

/** What may be logged of a request and of an error: nothing that can hold a code, token or secret. */
export const logSerializers: LogSerializers = {
  req: ({ method, url, headers }) => ({
    method,
    path: url.split(/[?#;]/, 1)[0],
    origin: wellFormedOrigin(headers?.origin),
  }),

  // The code stands in for the message, and nothing else is taken over, since both may quote what
  // was received: a parser's error holds the bytes that it could not read.
  err: ({ name, code, stack }) => ({
    type: name,
    message: String(code ?? ''),
    stack: callSites(stack),
  }),
}

// Other than a browser, a client can send anything as Origin.
function wellFormedOrigin(origin: string | undefined): string | undefined {
  return origin && parseUrl(origin)?.origin === origin ? origin : undefined
}

function callSites(stack = ''): string {
  return stack
    .split('\n')
    .filter((line) => /^ +at /.test(line))
    .join('\n')
}
