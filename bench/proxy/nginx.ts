import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type Server, startServer } from './processes.ts'

/** Starts one worker of nginx, without a log, for what stands in a `server` block. */
export async function startNginx(block: string, outside = ''): Promise<Server> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'roambi-auth-bench-'))
  const config = join(folder, 'nginx.conf')
  await writeFile(config, configuration(folder, port, block, outside))
  const args = ['-c', config, '-e', join(folder, 'error.log'), '-p', folder]
  const server = await startServer(port, 'nginx', args)
  return {
    ...server,
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true })
    },
  }
}

function configuration(folder: string, port: number, block: string, outside: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  )
  return `
    daemon off;
    worker_processes 1;
    pid ${folder}/nginx.pid;
    events { worker_connections 4096; }
    http {
      access_log off;
      keepalive_requests 1000000000;
      ${temporary.join('\n')}
      ${outside}
      server {
        listen 127.0.0.1:${port};
        ${block}
      }
    }`
}
