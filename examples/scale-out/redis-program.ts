import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProgram } from './program.ts'
import { until } from './until.ts'

/** A Redis that keeps nothing on disk, on the same port whenever it is started again. */
export interface RedisProgram {
  /** `redis://127.0.0.1:6379` */
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Ends it at once; what it held is gone. */
  stop(): Promise<void>
  /** Starts it again, empty; resolves when it answers. */
  start(): Promise<void>
  /** `SIGSTOP`: connections are accepted and nothing is answered. */
  pause(): void
  /** `SIGCONT` */
  resume(): void
  close(): Promise<void>
}

export async function startRedis(port: number): Promise<RedisProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'roambi-auth-redis-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  let program = await launch().catch(async (error) => {
    await remove()
    throw error
  })

  async function launch() {
    const address = ['--port', String(port), '--bind', '127.0.0.1']
    const inMemory = ['--save', '', '--appendonly', 'no', '--dir', folder]
    const launched = await startProgram('redis-server', [...address, ...inMemory], {
      hint: 'On Debian and Ubuntu: apt-get install redis-server',
    })
    const isReady = async () => launched.hasEnded() || (await answers(port))
    await until(`The start of Redis on port ${port}`, isReady).catch(async (error) => {
      await launched.stop('SIGKILL')
      throw error
    })
    if (launched.hasEnded()) throw new Error(`redis-server did not start. ${launched.output()}`)
    return launched
  }

  const stop = () => program.stop('SIGKILL')
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return program.pid
    },
    stop,
    async start() {
      program = await launch()
    },
    pause: () => program.signal('SIGSTOP'),
    resume: () => program.signal('SIGCONT'),
    async close() {
      await stop()
      await remove()
    },
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    socket.setTimeout(1000, () => socket.destroy())
    socket.once('data', (data) => {
      resolve(data.toString().startsWith('+PONG'))
      socket.destroy()
    })
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  })
}
