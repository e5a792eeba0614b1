import type { FastifyReply } from 'fastify'

/** Calls back when the answer is over or the app has hung up; at once, where that has come already. */
export function onceClosed({ raw }: FastifyReply, over: () => void): void {
  if (raw.closed) over()
  else raw.once('close', over)
}
