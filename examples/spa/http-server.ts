import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export function listen(server: Server, port = 0): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, 'localhost', () => resolve(address(server)))
  })
}

export function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function address(server: Server): string {
  return `http://localhost:${(server.address() as AddressInfo).port}`
}
