import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProgram } from './program.ts'
import { until } from './until.ts'

export interface NginxProgram {
  readonly pid: number
  /** The access log and the error log up to now. */
  log(): Promise<string>
  close(): Promise<void>
}

export interface NginxOptions {
  /** Where it listens. */
  readonly port: number
  /** Where the three proxies do. */
  readonly proxyPorts: readonly number[]
  /** Puts the app's files into this folder. */
  readonly putPages: (folder: string) => Promise<void>
}

/** Starts nginx with the two files beside this one, in a folder of its own. */
export async function startNginx({
  port,
  proxyPorts,
  putPages,
}: NginxOptions): Promise<NginxProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'roambi-auth-nginx-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    // When root starts it, the workers are another user, who must find the pages.
    await chmod(folder, 0o755)
    await putPages(join(folder, 'pages'))
    const config = join(folder, 'nginx.conf')
    await writeFile(
      config,
      withPorts(await readFile(recipe('nginx.conf'), 'utf8'), [port, ...proxyPorts]),
    )
    await copyFile(recipe('roambi-proxy.conf'), join(folder, 'roambi-proxy.conf'))

    const errorLog = join(folder, 'error.log')
    const program = await startProgram('nginx', ['-c', config, '-e', errorLog, '-p', folder], {
      hint: 'On Debian and Ubuntu: apt-get install nginx-light',
    })
    const log = async () => {
      const files = ['access.log', 'error.log'].map((name) =>
        readFile(join(folder, name), 'utf8').catch(() => ''),
      )
      return (await Promise.all(files)).join('') + program.output()
    }
    const answers = async () => {
      const soon = { signal: AbortSignal.timeout(1000) }
      return program.hasEnded() || (await fetch(`http://127.0.0.1:${port}/`, soon)).status > 0
    }
    await until('The start of nginx', answers).catch(async (error) => {
      await program.stop()
      throw error
    })
    if (program.hasEnded()) throw new Error(`nginx did not start. ${await log()}`)
    return {
      pid: program.pid,
      log,
      async close() {
        await program.stop()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

const recipe = (name: string) => join(import.meta.dirname, name)

/** Puts the given ports in the place of the recipe's: nginx's own, then the three proxies'. */
function withPorts(config: string, ports: readonly number[]): string {
  const own = ['8080', '4001', '4002', '4003']
  return config.replace(/(?<=127\.0\.0\.1:)\d+/g, (port) => String(ports[own.indexOf(port)]))
}
