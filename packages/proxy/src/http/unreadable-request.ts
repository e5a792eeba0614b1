import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { errorBody, noStore } from './error-answer.ts'
import { invalidRequest } from './errors.ts'

/** Answers what Node's parser gives up, so that it never becomes a request. */
export function answerUnreadable({ code = '' }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const status = statuses[code] ?? 400
  const body = JSON.stringify(errorBody(invalidRequest("The request can't be read.")))
  const headers = {
    ...noStore,
    'content-type': 'application/json',
    'content-length': body.length,
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}`
  // A client that keeps its own end open would else hold up the server's close.
  socket.end(`${head}\r\n${body}`, () => socket.destroy())
}

const statuses: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
}
