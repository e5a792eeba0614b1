// A child process that is never left behind.

import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface Program {
  readonly pid: number
  /** What it has written to standard output and standard error. */
  output(): string
  hasEnded(): boolean
  signal(signal: NodeJS.Signals): void
  /** Asks it to end, and after 5 s makes it; resolves when it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

export interface ProgramOptions {
  readonly cwd?: string
  readonly env?: Record<string, string>
  /** What to install when the program is missing. */
  readonly hint?: string
}

/** Throws an Error with the hint when there is no such program. */
export async function startProgram(
  command: string,
  args: readonly string[],
  { cwd, env = {}, hint = '' }: ProgramOptions = {},
): Promise<Program> {
  const child = spawn(command, args, {
    ...(cwd && { cwd }),
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => void output.push(text))
  }
  const end = once(child, 'close')
  try {
    await once(child, 'spawn')
  } catch (error) {
    end.catch(() => {})
    throw (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? new Error(`${command} is not installed. ${hint}`)
      : error
  }

  const { pid = 0 } = child
  running.set(pid, child.kill.bind(child))
  end.then(() => running.delete(pid))

  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  return {
    pid,
    output: () => output.join(''),
    hasEnded,
    signal: (signal) => void child.kill(signal),
    async stop(signal = 'SIGTERM') {
      if (!hasEnded()) {
        // One that is paused would hear nothing else.
        child.kill('SIGCONT')
        child.kill(signal)
        const force = setTimeout(() => child.kill('SIGKILL'), 5000)
        await end
        clearTimeout(force)
      }
      await end
    },
  }
}

const running = new Map<number, (signal: NodeJS.Signals) => boolean>()

// SIGTERM, since a master that is killed leaves its workers behind.
process.on('exit', () => {
  for (const kill of running.values()) {
    kill('SIGCONT')
    kill('SIGTERM')
  }
})
