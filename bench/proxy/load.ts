import autocannon, { type Options, type Result } from 'autocannon'
import type { Server } from './processes.ts'

/** One request; `answered` is told what came. */
export interface Shot {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Record<string, string>
  readonly body?: string
  readonly answered?: (body: string) => void
}

export interface LoadOptions {
  readonly connections: number
  readonly amount: number
}

/** Of one load. */
export interface Load {
  /** What the server took, in ms for each request. */
  readonly cpuTime: number
  /** How long each request took, in ms. */
  readonly latencies: readonly number[]
}

/** Sends `amount` requests to a server, each connection one after another. Any answer but 200 fails. */
export async function load(
  server: Server,
  nextShot: () => Shot,
  { connections, amount }: LoadOptions,
): Promise<Load> {
  const latencies: number[] = []
  const failures = new Set<string>()
  const before = server.cpuTime()
  const options: Options = {
    url: server.url,
    connections,
    amount,
    requests: [
      {
        // What it calls `context` is one connection's own, until its next request.
        setupRequest(request, context: { shot?: Shot }) {
          const shot = nextShot()
          context.shot = shot
          return { ...request, ...shot, headers: { ...shot.headers } }
        },
        onResponse(status, body, context: { shot?: Shot }) {
          if (status === 200) context.shot?.answered?.(body)
          else failures.add(`${status} ${body}`)
        },
      },
    ],
  }
  const { errors, timeouts } = await new Promise<Result>((resolve, reject) => {
    const run = autocannon(options, (error, result) => (error ? reject(error) : resolve(result)))
    run.on('response', (_client, _status, _bytes, latency) => void latencies.push(latency))
  })
  if (errors + timeouts > 0) failures.add(`${errors} errors, ${timeouts} timeouts`)
  if (failures.size > 0) throw new Error(`${server.url}: ${[...failures].join('; ')}`)
  return { cpuTime: (server.cpuTime() - before) / latencies.length, latencies }
}
