import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export interface Program {
  readonly child: ChildProcess
  readonly exit: Promise<[code: number | null, signal: string | null]>
  /** What it has printed so far. */
  printed(): string
}

/** Starts a file of the example, straight from source. */
export function startProgram(file: string, variables: Record<string, string>): Program {
  const child = spawn(
    process.execPath,
    ['--conditions=@roambi-auth/source', '--import=tsx', file],
    { cwd: join(import.meta.dirname, '..'), env: { PATH: process.env.PATH, ...variables } },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  let printed = ''
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (text: Buffer) => {
      printed += text
    })
  }
  return { child, exit: once(child, 'close') as Program['exit'], printed: () => printed }
}

/** A port that another program has. */
export async function takenPort(): Promise<number> {
  const other = createServer().listen(0, 'localhost')
  await once(other, 'listening')
  onTestFinished(() => void other.close())
  return (other.address() as AddressInfo).port
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
