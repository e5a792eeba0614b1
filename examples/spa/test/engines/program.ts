import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'

/** A running program, with all the programs that it has started. */
export interface Program {
  readonly child: ChildProcess
  /** Ends all of them. */
  end(): Promise<void>
}

/** Starts it; at the latest it ends when this process does. */
export async function startProgram(
  path: string,
  args: string[],
  options: { stdio: StdioOptions; env?: NodeJS.ProcessEnv },
): Promise<Program> {
  // In a process group of its own, which can be ended as one, and which a Ctrl-C does not reach.
  const child = spawn(path, args, { ...options, detached: true })
  await once(child, 'spawn')
  const exit = once(child, 'exit')

  function kill(): void {
    try {
      process.kill(-Number(child.pid), 'SIGKILL')
    } catch {
      // All have ended.
    }
  }

  function killAndGo(signal: NodeJS.Signals): void {
    kill()
    process.kill(process.pid, signal)
  }

  process.once('exit', kill)
  for (const signal of signals) process.once(signal, killAndGo)
  return {
    child,
    async end() {
      process.off('exit', kill)
      for (const signal of signals) process.off(signal, killAndGo)
      kill()
      await exit
    },
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
