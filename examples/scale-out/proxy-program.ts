import { fileURLToPath } from 'node:url'
import { type Program, startProgram } from './program.ts'
import { until } from './until.ts'

/** One `roambi-proxy`, on the same port whenever it is started again. */
export interface ProxyProgram {
  /** Without nginx: `http://127.0.0.1:4001` */
  readonly url: string
  /** With which it was started the last time. */
  readonly variables: Readonly<Record<string, string>>
  /** Of the process that runs now. */
  readonly pid: number
  /** All that it has logged, from its first start on. */
  log(): string
  /** `SIGKILL`, as a crash or the system's out-of-memory killer; resolves when it is gone. */
  kill(): Promise<void>
  /** Lets the requests under way finish, as an update of the program does. */
  stop(): Promise<void>
  /** Starts it again, with these variables changed for good; resolves when it is ready to serve. */
  start(changes?: Record<string, string>): Promise<void>
  /** `SIGSTOP`: connections are accepted and nothing is answered. */
  pause(): void
  /** `SIGCONT` */
  resume(): void
}

export async function startProxy(
  port: number,
  given: Readonly<Record<string, string>>,
): Promise<ProxyProgram> {
  const url = `http://127.0.0.1:${port}`
  const variables: Record<string, string> = { ...given, HOST: '127.0.0.1', PORT: String(port) }
  const past: string[] = []
  let program = await launch()

  async function launch(): Promise<Program> {
    const launched = await startProgram(process.execPath, [...node, main], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      env: variables,
    })
    const isHealthy = async () => launched.hasEnded() || (await fetch(`${url}/healthz`, soon())).ok
    await until(`The start of the proxy on port ${port}`, isHealthy).catch(async (error) => {
      await launched.stop('SIGKILL')
      throw new Error(`${error.message} ${launched.output()}`)
    })
    if (launched.hasEnded()) throw new Error(`roambi-proxy did not start. ${launched.output()}`)
    return launched
  }

  return {
    url,
    variables,
    get pid() {
      return program.pid
    },
    log: () => past.join('') + program.output(),
    kill: () => program.stop('SIGKILL'),
    stop: () => program.stop(),
    async start(changes = {}) {
      if (!program.hasEnded()) throw new Error(`The proxy on port ${port} still runs.`)
      Object.assign(variables, changes)
      past.push(program.output())
      program = await launch()
    },
    pause: () => program.signal('SIGSTOP'),
    resume: () => program.signal('SIGCONT'),
  }
}

const main = fileURLToPath(new URL('../../packages/proxy/src/main.ts', import.meta.url))
const node = ['--conditions=@roambi-auth/source', '--import=tsx'] as const

const soon = (): RequestInit => ({ signal: AbortSignal.timeout(1000) })
