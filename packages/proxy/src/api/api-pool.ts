import type { ServerResponse } from 'node:http'
import { type Dispatcher, Pool } from 'undici'
import type { CheckedOptions } from '../options.ts'

/** Connections to the upstream's API. */
export interface ApiPool {
  readonly request: Dispatcher['request']
  /**
   * Gives up the request that `send` makes when the app hangs up, lest it occupy a connection. `send`
   * must come to `request` at once, not later.
   */
  untilHangup<T>(answer: ServerResponse, send: () => T): T
  destroy(): Promise<void>
}

export function createApiPool({
  apiUrl,
  timeouts,
}: Pick<CheckedOptions, 'apiUrl' | 'timeouts'>): ApiPool {
  const pool = new Pool(new URL(apiUrl).origin, {
    // As many as there are requests: what waited for a connection would wait for the slowest apps.
    connections: null,
    connect: { timeout: timeouts.connect },
    headersTimeout: timeouts.api,
    bodyTimeout: timeouts.api,
  })
  // What lies between `send` and `request` passes no signal on.
  let hangup: AbortSignal | undefined

  return {
    request: ((options: Dispatcher.RequestOptions, callback: Callback) =>
      pool.request({ ...options, signal: hangup }, (error, answer) => {
        if (error || answer.statusCode < 600) return callback(error, answer)
        answer.body.on('error', () => {}).destroy()
        callback(Object.assign(new Error('no such status'), { code: 'HPE_INVALID_STATUS' }), answer)
      })) as Dispatcher['request'],

    untilHangup(answer, send) {
      const controller = new AbortController()
      // Where the answer is whole there is nothing left to give up.
      answer.on('close', () => answer.writableFinished || controller.abort())
      hangup = controller.signal
      try {
        return send()
      } finally {
        hangup = undefined
      }
    },

    destroy: () => pool.destroy(),
  }
}

type Callback = (error: Error | null, answer: Dispatcher.ResponseData) => void
