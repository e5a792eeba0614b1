// Everything that an operator, or whoever reads along, can see of the running deployment.

import { connect, type Socket } from 'node:net'
import type { ScaleOut } from '../stack.ts'
import type { Secrets } from './secrets.ts'

export interface LogWatch {
  /** Looks through what is new; gives a sentence for each place that holds a secret. */
  findLeaks(): Promise<string[]>
  /** How much was looked through, in characters. */
  readonly size: number
  close(): void
}

// A line may be older than the moment at which its secret became known here.
const overlap = 100_000

export function watchLogs({ proxies, nginx, redis }: ScaleOut, secrets: Secrets): LogWatch {
  const monitor = watchRedis(redis.port)
  const sources: [name: string, read: () => string | Promise<string>][] = [
    ...proxies.map(({ log }, index): [string, () => string] => [`proxy ${index + 1}`, log]),
    ['nginx', nginx.log],
    ['Redis', monitor.text],
  ]
  const seen = new Map<string, number>()
  let size = 0
  return {
    get size() {
      return size
    },
    async findLeaks() {
      const leaks: string[] = []
      for (const [name, read] of sources) {
        const text = await read()
        const start = seen.get(name) ?? 0
        size += text.length - start
        seen.set(name, text.length)
        const found = secrets.findIn(text.slice(Math.max(0, start - overlap)))
        if (found.length > 0) leaks.push(`${name} has ${found.length} secrets in the clear`)
      }
      return leaks
    },
    close: monitor.close,
  }
}

/** Every command that any client sends to Redis, with all of its arguments. */
function watchRedis(port: number): { text(): string; close(): void } {
  const chunks: string[] = []
  let socket: Socket | undefined
  let closed = false
  const open = () => {
    if (closed) return
    socket = connect(port, '127.0.0.1')
    socket.setEncoding('utf8').on('data', (text: string) => void chunks.push(text))
    socket.on('connect', () => socket?.write('MONITOR\r\n'))
    socket.on('error', () => {})
    // Redis may just have been stopped, to be started again.
    socket.on('close', () => setTimeout(open, 100).unref())
  }
  open()
  return {
    text: () => chunks.join(''),
    close() {
      closed = true
      socket?.destroy()
    },
  }
}
