import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** RFC 9112 section 9.3.2: on one connection, answers come in the order of their requests. */
export interface Turns {
  /** The answers under way, the oldest first. */
  of(socket: Socket): readonly ServerResponse<IncomingMessage>[]
}

/** From now on; those of a server are kept once, whoever asks. */
export function keepTurns(server: Server): Turns {
  const turns = kept.get(server) ?? startKeeping(server)
  kept.set(server, turns)
  return turns
}

const kept = new WeakMap<Server, Turns>()

function startKeeping(server: Server): Turns {
  const underWay = new WeakMap<Socket, Set<ServerResponse<IncomingMessage>>>()
  const of = (socket: Socket) => [...(underWay.get(socket) ?? [])]

  const remember = ({ socket }: IncomingMessage, response: ServerResponse<IncomingMessage>) => {
    const answers = underWay.get(socket) ?? new Set()
    underWay.set(socket, answers.add(response))
    // Ten listeners are reached by those who count, limit and forward: it is no leak.
    response.setMaxListeners(20).once('close', () => answers.delete(response))
  }
  // Before anybody answers.
  server.prependListener('request', remember)

  // Node tells the answer whose turn it is that the client has hung up, and not those behind it:
  // what waits for their end, as a place among the requests at once, would be lost for good.
  server.on('connection', (socket: Socket) => {
    socket.once('close', () => {
      setImmediate(() => {
        for (const response of of(socket)) {
          response.destroyed = true
          response.emit('close')
        }
      })
    })
  })

  return { of }
}
