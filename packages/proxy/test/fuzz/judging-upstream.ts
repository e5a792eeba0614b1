// An upstream that never fails, so that every fault is the proxy's, and that looks at all that comes.
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Arrival } from './arrival-rules.ts'
import { marks } from './marks.ts'

export interface JudgingUpstream {
  readonly apiUrl: string
  /** Where nothing may arrive. */
  readonly decoy: string
  issueCode(): string
  /** One of the upstream's own that no proxy was given: a thief's. */
  rawRefreshToken(): string
  /** The code of the sign-in that a refresh token belongs to. */
  codeOf(refreshToken: string): string | undefined
  connections(): Promise<number>
}

export async function startJudgingUpstream({
  onArrival,
  onViolation,
}: {
  onArrival: (arrival: Arrival) => void
  onViolation: (rule: string, detail: string) => void
}): Promise<JudgingUpstream> {
  let issued = 0
  const codes = new Set<string>()
  const signIns = new Map<string, string>()

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('error', () => {})
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const arrival = arrivalOf(request, Buffer.concat(chunks).toString('latin1'))
      onArrival(arrival)
      if (arrival.target === '/1/token') return answerGrant(arrival, response)
      answerApi(arrival, response)
    })
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // A proxy may hang up in the midst of a request.
    if (error.code?.startsWith('HPE_') && error.code !== 'HPE_INVALID_EOF_STATE') {
      onViolation('what arrives upstream is no HTTP', String(error.code))
    }
    socket.destroy()
  })
  const decoy = createServer((_request, response) => response.end()).on('connection', () =>
    onViolation('a connection to a host of the request’s choice', ''),
  )
  const [port, decoyPort] = [await listen(server), await listen(decoy)]

  function answerGrant({ body }: Arrival, response: ServerResponse): void {
    const {
      grant_type,
      code = '',
      refresh_token = '',
    } = Object.fromEntries(new URLSearchParams(body))
    const isGiven = grant_type === 'refresh_token' ? signIns.has(refresh_token) : codes.has(code)
    response.setHeader('content-type', 'application/json')
    if (!isGiven) return void response.writeHead(400).end('{"error":"invalid_grant"}')
    issued += 1
    const refreshToken = `${marks.refreshToken}${issued}`
    signIns.set(refreshToken, code)
    const tokens = {
      access_token: `${marks.accessToken}${issued}`,
      expires_in: 86_400,
      refresh_token: refreshToken,
      token_type: 'bearer',
    }
    response.end(JSON.stringify(tokens))
  }

  return {
    apiUrl: `http://127.0.0.1:${port}/1`,
    decoy: `http://127.0.0.1:${decoyPort}`,
    issueCode() {
      issued += 1
      // Its end keeps one from being the beginning of another.
      const code = `${marks.code}${issued}x`
      codes.add(code)
      return code
    },
    rawRefreshToken: () => `${marks.refreshToken}Stolen`,
    codeOf: (refreshToken) => signIns.get(refreshToken),
    connections: () =>
      new Promise((resolve) => server.getConnections((_error, count) => resolve(count))),
  }
}

/** What the API answers shows whose request it answers. */
export function answerTag(authorization: string): string {
  return `"${createHash('sha256').update(authorization).digest('base64url')}"`
}

/** In bytes; each is an x. */
const pieceOfLongAnswer = 64 * 1024

// Every tenth answer takes a while, so that what comes after its request comes in the midst of it.
let answers = 0
function answerApi({ headers }: Arrival, response: ServerResponse): void {
  const authorization = headers.find(([name]) => /^authorization$/i.test(name))?.[1] ?? ''
  response.setHeader('etag', answerTag(authorization))
  answers += 1
  if (answers % 10 !== 0) return void response.end('x')
  const piece = 'x'.repeat(pieceOfLongAnswer)
  response.write(piece)
  setTimeout(() => response.end(piece), 5)
}

function arrivalOf({ method = '', url = '', rawHeaders }: IncomingMessage, body: string): Arrival {
  const headers = rawHeaders.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : [],
  )
  return { method, target: url, headers, body }
}

async function listen(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}
