// The network between one proxy and Roambi's token endpoint, which may lose what Roambi has already
// carried out. It tells what Roambi has given out, by which the suite knows whose fault a loss is.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseObject } from './answer.ts'

/** `lost`: the connection is reset instead of an answer. `cut`: it is reset half-way through it. */
export type WireFault = 'lost' | 'cut'

/** Tokens that Roambi has given out. */
export interface Issue {
  /** The refresh token that they were given for; nothing where it was a code. */
  readonly predecessor: string | undefined
  readonly accessToken: string
  readonly refreshToken: string
  /** In ms since 1970. */
  readonly at: number
  /** What the wire has done to the answer; nothing when it went through. */
  readonly fault: WireFault | undefined
  /** To which proxy. */
  readonly proxy: number
}

export interface Wire {
  /** What a proxy takes for Roambi: `http://127.0.0.1:4000/1` */
  readonly apiUrl: string
  /** From now on, this share of the answers meets the fault; none without one. */
  set(fault?: WireFault, share?: number): void
  close(): Promise<void>
}

export interface WireOptions {
  /** The number of the proxy. */
  readonly proxy: number
  /** Roambi's own address. */
  readonly target: string
  /** Is told each secret that passes. */
  readonly tell: (secret: string | undefined) => void
  readonly record: (issue: Issue) => void
}

export async function startWire({ proxy, target, tell, record }: WireOptions): Promise<Wire> {
  let [fault, share]: [WireFault | undefined, number] = [undefined, 0]

  const server = createServer((request, response) => {
    pass(request, response).catch(() => request.socket.resetAndDestroy())
  })

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = await textOf(request)
    const parameters = new URLSearchParams(form)
    // Also for a proxy that is gone by now: what Roambi has carried out is to be known here.
    const answer = await fetch(target + request.url?.slice('/1'.length), {
      method: request.method ?? 'POST',
      headers: { 'content-type': request.headers['content-type'] ?? '' },
      body: form,
    })
    const text = await answer.text()
    const struck = answer.status === 200 && Math.random() < share ? fault : undefined
    note(parameters.get('refresh_token') ?? undefined, text, struck)
    if (struck === 'lost') throw new Error('lost')
    const headers = Object.fromEntries(
      ['content-type', 'retry-after'].flatMap((name) => {
        const value = answer.headers.get(name)
        return value ? [[name, value]] : []
      }),
    )
    response.writeHead(answer.status, { ...headers, 'content-length': Buffer.byteLength(text) })
    if (struck !== 'cut') return void response.end(text)
    response.write(text.slice(0, text.length / 2), () => request.socket.resetAndDestroy())
  }

  function note(predecessor: string | undefined, text: string, fault?: WireFault): void {
    const { access_token, refresh_token } = parseObject(text) ?? {}
    if (typeof access_token !== 'string' || typeof refresh_token !== 'string') return
    tell(access_token)
    tell(refresh_token)
    const tokens = { accessToken: access_token, refreshToken: refresh_token }
    record({ predecessor, ...tokens, at: Date.now(), fault, proxy })
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/1`,
    set(newFault, newShare = 1) {
      fault = newFault
      share = newFault ? newShare : 0
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
