import { AsyncLocalStorage } from 'node:async_hooks'
import type { ServerResponse } from 'node:http'
import { type Dispatcher, Pool } from 'undici'
import type { CheckedOptions } from './options.ts'

/** Connections to the upstream's API. */
export interface ApiPool {
  readonly request: Dispatcher['request']
  /** Gives up the request that `send` makes when the app hangs up, lest it occupy a connection. */
  untilHangup<T>(answer: ServerResponse, send: () => T): T
  destroy(): Promise<void>
}

export function createApiPool({
  apiUrl,
  timeouts,
}: Pick<CheckedOptions, 'apiUrl' | 'timeouts'>): ApiPool {
  const pool = new Pool(new URL(apiUrl).origin, {
    connections: 128,
    connect: { timeout: timeouts.connect },
    headersTimeout: timeouts.api,
    bodyTimeout: timeouts.api,
  })
  // What lies between `send` and `request` passes no signal on.
  const hangup = new AsyncLocalStorage<AbortSignal>()

  return {
    request: ((options: Dispatcher.RequestOptions, callback: Callback) =>
      pool.request({ ...options, signal: hangup.getStore() }, callback)) as Dispatcher['request'],

    untilHangup(answer, send) {
      const controller = new AbortController()
      answer.on('close', () => controller.abort())
      return hangup.run(controller.signal, send)
    },

    destroy: () => pool.destroy(),
  }
}

type Callback = (error: Error | null, answer: Dispatcher.ResponseData) => void
