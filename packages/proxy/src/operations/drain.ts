import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { onceClosed } from '../http/once-closed.ts'
import type { Readiness } from './readiness.ts'

/**
 * When the server closes, what is under way is answered, and no connection is kept: one that is busy
 * just then would else live on for 72 s. The answers say so, lest a balancer send it one more request.
 */
export function drainWhenClosing(app: FastifyInstance, readiness: Readiness): void {
  const underWay = new WeakMap<Socket, number>()
  const change = (socket: Socket, by: 1 | -1) =>
    underWay.set(socket, (underWay.get(socket) ?? 0) + by)
  const silent = new Set<Socket>()
  let closing = false

  app.server.on('connection', (socket: Socket) => {
    silent.add(socket)
    const forget = () => silent.delete(socket)
    socket.once('data', forget).once('close', forget)
  })
  app.addHook('preClose', async () => {
    closing = true
    readiness.drain()
    // Node takes a connection on which nothing has come for one that is busy; browsers open such in
    // advance. What is on its way may still come.
    setTimeout(() => {
      for (const socket of silent) socket.destroy()
    }, patience).unref()
  })
  app.addHook('onRequest', async ({ socket }, reply) => {
    change(socket, 1)
    onceClosed(reply, () => change(socket, -1))
  })
  app.addHook('onSend', async ({ socket }, reply) => {
    // One that waits behind this one (RFC 9112 section 9.3.2) is answered too.
    if (closing && underWay.get(socket) === 1) reply.header('connection', 'close')
  })
  app.addHook('onResponse', async () => {
    if (closing) setImmediate(() => app.server.closeIdleConnections())
  })
}

/** In ms. */
const patience = 500
