import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { errorBody, noStore } from './error-answer.ts'
import { invalidRequest } from './errors.ts'
import type { Turns } from './turns.ts'

/** Answers what Node's parser gives up, so that it never becomes a request. */
export function answerUnreadable(
  error: NodeJS.ErrnoException,
  socket: Socket,
  turns: Turns | undefined,
): void {
  if (error.code === 'ECONNRESET') return void socket.destroy()
  // What was written last is still on its way, and the connection ends with it. The rest of what was
  // sent fails as well, piece by piece.
  if (!socket.writable || waiting.has(socket)) return
  const underWay = turns?.of(socket) ?? []
  const before = underWay.find(({ req }) => req.complete)
  if (before) {
    waiting.add(socket)
    return void before.once('close', () => {
      waiting.delete(socket)
      answerUnreadable(error, socket, turns)
    })
  }
  // It would stand in the midst of the answer to the very request that can't be read to its end.
  if (underWay.some(({ headersSent }) => headersSent)) return void socket.destroy()
  // A client that keeps its own end open would else hold up the server's close.
  socket.end(answerTo(error), () => socket.destroy())
}

const waiting = new WeakSet<Socket>()

function answerTo({ code = '' }: NodeJS.ErrnoException): string {
  const status = statuses[code] ?? 400
  const body = JSON.stringify(errorBody(invalidRequest("The request can't be read.")))
  const headers = {
    ...noStore,
    'content-type': 'application/json',
    'content-length': body.length,
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`
}

const statuses: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
}
