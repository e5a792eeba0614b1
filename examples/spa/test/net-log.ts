// Chromium's own account of its network.

import { readFile } from 'node:fs/promises'

/** The arguments that make Chromium write it into a file, which is whole when it has closed. */
export function netLogTo(file: string): string[] {
  return [`--log-net-log=${file}`, '--net-log-capture-mode=Everything']
}

/** Every byte that came in on any socket. */
export async function bytesReceived(netLog: string): Promise<string> {
  const { constants, events } = JSON.parse(await readFile(netLog, 'utf8'))
  const type = constants.logEventTypes.SOCKET_BYTES_RECEIVED
  const sockets = new Map<number, string>()
  for (const event of events.filter((event: { type: number }) => event.type === type)) {
    const bytes = Buffer.from(event.params.bytes, 'base64').toString('latin1')
    sockets.set(event.source.id, (sockets.get(event.source.id) ?? '') + bytes)
  }
  return [...sockets.values()].join('\n')
}
