import type { Server } from 'node:http'
import type { Turns } from './turns.ts'

/**
 * RFC 9110 section 10.1.1. Node would write its 100 among the headers and body of an answer that
 * waits for its turn, and would answer an expectation that it does not know by itself.
 */
export function answerExpectations(server: Server, turns: Turns): void {
  server.on('checkContinue', (request, response) => {
    const goOn = () => {
      response.writeContinue()
      server.emit('request', request, response)
    }
    const before = turns.of(request.socket).at(-1)
    if (before) before.once('close', goOn)
    else goOn()
  })
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
}
