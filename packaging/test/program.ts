// Starts a program as a person would in a terminal.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { environment, type RunOptions } from './run.ts'

export interface Program {
  /** What it has printed so far, on either stream. */
  printed(): string
  /** Waits for a line of it, and gives what is in the parentheses of the pattern. */
  prints(pattern: RegExp): Promise<string>
  /** Its exit code, or the signal that has ended it. */
  readonly exit: Promise<number | string>
  /** As a supervisor does, to the one process that it has started. */
  terminate(): void
  /** As Ctrl-C does, to all that it has started as well. */
  interrupt(): void
  /** Ends whatever is left of them. */
  kill(): void
}

export function startProgram(
  command: string,
  args: readonly string[],
  { cwd, env }: RunOptions,
): Program {
  // A group of its own, since `npx` starts another process.
  const child = spawn(command, args, { cwd, env: { ...environment, ...env }, detached: true })
  const signalAll = (signal: NodeJS.Signals) => {
    try {
      if (child.pid) process.kill(-child.pid, signal)
    } catch {
      // All of them are gone.
    }
  }
  const exit = once(child, 'close').then(([code, signal]) => code ?? signal)
  let printed = ''
  let look = () => {}
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      printed += chunk
      look()
    })
  }
  return {
    exit,
    printed: () => printed,
    prints(pattern) {
      return new Promise((resolve, reject) => {
        look = () => {
          const found = pattern.exec(printed)
          if (found) resolve(found[1] ?? '')
        }
        look()
        exit.then((end) => reject(new Error(`It has ended with ${end}:\n${printed}`)), reject)
      })
    },
    terminate: () => void child.kill('SIGTERM'),
    interrupt: () => signalAll('SIGINT'),
    kill: () => signalAll('SIGKILL'),
  }
}
