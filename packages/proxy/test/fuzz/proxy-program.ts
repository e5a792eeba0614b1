// The proxy as it is run: a process of its own.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { expect, onTestFinished } from 'vitest'

export interface ProxyProgram {
  readonly port: number
  /** How it ended, if it did. */
  ending(): string | undefined
  /** `undefined` where there is no /proc. */
  vitals(): Vitals | undefined
  stop(): void
}

export interface Vitals {
  /** Resident, in MB. */
  readonly memory: number
  readonly descriptors: number
}

export interface ProgramOptions {
  readonly variables: Readonly<Record<string, string>>
  /** In MB: what is kept for good makes it end. */
  readonly heapLimit: number
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void
}

export async function startProxyProgram({
  variables,
  heapLimit,
  onLine,
}: ProgramOptions): Promise<ProxyProgram> {
  const program = spawn(
    process.execPath,
    [
      `--max-old-space-size=${heapLimit}`,
      '--conditions=@roambi-auth/source',
      '--import=tsx',
      'src/main.ts',
    ],
    {
      cwd: new URL('../..', import.meta.url),
      env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', ...variables },
    },
  )
  onTestFinished(() => void program.kill('SIGKILL'))
  let port = 0
  let ending: string | undefined
  createInterface(program.stderr).on('line', (line) => onLine('stderr', line))
  createInterface(program.stdout).on('line', (line) => {
    if (port === 0) port = Number(/listening at http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1] ?? 0)
    onLine('stdout', line)
  })
  program.on('exit', (code, signal) => {
    ending = signal ?? `exit code ${code}`
  })
  await expect.poll(() => port || ending, { timeout: 30_000 }).toBeTruthy()
  expect(ending).toBeUndefined()

  return {
    port,
    ending: () => ending,
    vitals: () => (ending === undefined ? vitalsOf(program.pid) : undefined),
    stop: () => void program.kill('SIGKILL'),
  }
}

function vitalsOf(pid = 0): Vitals | undefined {
  const place = `/proc/${pid}`
  if (!existsSync(place)) return undefined
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`${place}/status`, 'utf8'))?.[1]
  return {
    memory: Math.round(Number(kilobytes) / 1024),
    descriptors: readdirSync(`${place}/fd`).length,
  }
}
