import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { createServer, type ServerSettings } from '../server.ts'

export interface DevProxy {
  /** Answers, by a proxy that the first request makes. Rejects where it can't be made. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>
  close(): Promise<void>
}

/** @param readSettings Asked until a proxy can be made. May throw. */
export function createDevProxy(
  readSettings: () => ServerSettings,
  log: { write(line: string): void },
): DevProxy {
  let made: Promise<FastifyInstance> | undefined

  async function make(): Promise<FastifyInstance> {
    const proxy = createServer(readSettings(), log)
    await proxy.ready()
    return proxy
  }

  return {
    async answer(request, response) {
      made ??= make()
      try {
        const { routing } = await made
        routing(request, response)
      } catch (error) {
        made = undefined
        throw error
      }
    },
    async close() {
      const proxy = await made?.catch(() => undefined)
      await proxy?.close()
    },
  }
}
