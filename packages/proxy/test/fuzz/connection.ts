// Raw sockets: what is written on one connection, and how it ends.
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { rawRequest } from '../raw-request.ts'

export interface Conversation {
  readonly messages: readonly Message[]
  /** Where the bytes are cut into pieces that are sent one after the other, from 0 to 1. */
  readonly cuts: readonly number[]
  /** `read`: until the proxy hangs up. `half-close`: it is told at once that nothing more comes. */
  readonly ending: 'read' | 'half-close' | 'reset'
}

export interface Message {
  readonly bytes: Buffer
  /** It is a request with a beginning and an end, whatever it asks for. */
  readonly isReadable: boolean
}

export interface Heard {
  /** All that came back, one character a byte. */
  readonly text: string
  /** `patience`: the proxy waited for more, so that we have closed our end. */
  readonly endedBy: 'proxy' | 'patience' | 'us' | 'nobody'
}

/** All that is sent: after the last answer the proxy hangs up, so that nobody need wait. */
export function bytesOf({ messages }: Pick<Conversation, 'messages'>): Buffer {
  return Buffer.concat([...messages.map(({ bytes }) => bytes), goodbye])
}

const goodbye = Buffer.from(
  'GET /goodbye HTTP/1.1\r\nhost: auth.example.com\r\nconnection: close\r\n\r\n',
)

/** In ms. What is still open by then is stuck. */
const limit = 60_000

export function converse(port: number, conversation: Conversation): Promise<Heard> {
  return new Promise((resolve) => {
    const heard: Buffer[] = []
    let endedBy: Heard['endedBy'] = 'proxy'
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    const stuck = setTimeout(() => {
      endedBy = 'nobody'
      socket.destroy()
    }, limit)

    const endWhenQuiet = async () => {
      const before = heard.length
      await timeToAnswer(port, () => socket.destroyed)
      if (socket.destroyed) return
      if (heard.length > before) return endWhenQuiet()
      endedBy = 'patience'
      socket.end()
    }

    socket
      .on('connect', async () => {
        await write(socket, conversation)
        if (conversation.ending === 'read') return endWhenQuiet()
        endedBy = 'us'
        if (conversation.ending === 'half-close') socket.end()
        else socket.resetAndDestroy()
      })
      .on('data', (chunk) => heard.push(chunk))
      .on('end', () => socket.destroy())
      .on('error', () => {})
      .on('close', () => {
        clearTimeout(stuck)
        resolve({ text: Buffer.concat(heard).toString('latin1'), endedBy })
      })
  })
}

async function write(socket: Socket, conversation: Conversation): Promise<void> {
  const bytes = bytesOf(conversation)
  const places = conversation.cuts.map((cut) => Math.floor(cut * bytes.length))
  let from = 0
  for (const place of [...places.sort((one, other) => one - other), bytes.length]) {
    if (socket.destroyed) return
    await new Promise<void>((resolve) => {
      socket.once('close', resolve)
      socket.write(bytes.subarray(from, place), () => {
        socket.off('close', resolve)
        setImmediate(resolve)
      })
    })
    from = place
  }
}

/** As long as the proxy takes for other answers, several times over: under load it takes longer. */
async function timeToAnswer(port: number, isOver: () => boolean): Promise<void> {
  for (let time = 0; time < 4; time++) {
    await pause(40)
    if (isOver()) return
    await ask(port, '/healthz')
  }
}

/** Asks for something, on a connection of its own, and waits for whatever comes of it. */
export async function ask(port: number, path: string): Promise<void> {
  const headers = { connection: 'close' }
  await rawRequest(`http://127.0.0.1:${port}`, { path, headers }).catch(() => {})
}
