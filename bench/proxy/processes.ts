// The servers that are measured, each a process of its own, and what they cost.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export interface Server {
  readonly url: string
  /** All of its threads and children, in ms since it began. */
  cpuTime(): number
  /** What it holds of the machine's memory, with its children, in MB. */
  memory(): number
  stop(): Promise<void>
}

/** Starts a program that listens on `port`; resolves when it does. */
export async function startServer(
  port: number,
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Server> {
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const end = once(child, 'exit')
  const kill = () => void child.kill()
  process.once('exit', kill)
  const { pid = 0 } = child
  await until(`${command} ${args.join(' ')}`, () => isListening(port) && child.exitCode === null)
  return {
    url: `http://127.0.0.1:${port}`,
    cpuTime: () => familyOf(pid).map(cpuTimeOf).reduce(sum),
    memory: () => familyOf(pid).map(memoryOf).reduce(sum),
    async stop() {
      process.off('exit', kill)
      child.kill()
      await end
    },
  }
}

/** One that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('No port.')
  return address.port
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let waits = 0; !isSo(); waits += 1) {
    if (waits > 200) throw new Error(`${what} did not start.`)
    await pause(50)
  }
}

// Asked of the kernel: a connection of ours would be the server's first one.
function isListening(port: number): boolean {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return ['/proc/net/tcp', '/proc/net/tcp6'].some((table) =>
    readFileSync(table, 'utf8')
      .split('\n')
      .some((line) => {
        const [, address = '', , state] = line.trim().split(/\s+/)
        return address.endsWith(local) && state === '0A'
      }),
  )
}

/** A process and its children, as nginx has workers. */
function familyOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return [pid, ...children.split(' ').filter(Boolean).map(Number)]
}

// In ns, where /proc/PID/stat counts in hundredths of a second.
function cpuTimeOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const spent = (thread: string) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]) / 1e6
  return threads.map(spent).reduce(sum)
}

function memoryOf(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}

const sum = (a: number, b: number) => a + b
