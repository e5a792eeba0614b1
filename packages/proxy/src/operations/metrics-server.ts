import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'

export interface MetricsServerOptions {
  readonly host: string
  readonly port: number
}

/**
 * `GET /metrics` for Prometheus, on a port of its own that the internet has no business with. It is
 * open for as long as the server itself. `ready()` and `listen()` reject when the port is taken.
 */
export function serveMetrics(
  app: FastifyInstance,
  registry: Registry,
  { host, port }: MetricsServerOptions,
): void {
  const server = createServer(async ({ method, url }, response) => {
    if (url !== '/metrics' || method !== 'GET') return response.writeHead(404).end()
    const text = await registry.metrics()
    response.writeHead(200, { 'content-type': registry.contentType }).end(text)
  })
  // It must not keep a program alive that can't listen for its own.
  server.unref()

  app.addHook('onReady', async () => {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, host, resolve)
    })
    const { port: listening } = server.address() as AddressInfo
    app.log.info({ host, port: listening }, 'metrics are served')
  })
  app.addHook('onClose', async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
}
