import { createServer, type Server } from 'node:net'

/**
 * Ports on loopback that nothing listens on. They lie below those that the system gives to outgoing
 * connections, so that a program which is started again finds its port still free.
 */
export async function freePorts(count: number): Promise<number[]> {
  const held: Server[] = []
  try {
    for (let tries = 0; held.length < count && tries < 1000; tries += 1) {
      const server = await hold(20_000 + Math.floor(Math.random() * 10_000))
      if (server) held.push(server)
    }
    if (held.length < count) throw new Error('There is no free port between 20000 and 30000.')
    return held.map((server) => (server.address() as { port: number }).port)
  } finally {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))))
  }
}

function hold(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}
