// Sends what `fetch` would not.
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'

/** Keeps the path and every header as they are. */
export async function rawRequest(
  url: string,
  options: {
    method?: string
    path?: string
    headers: Record<string, string>
    localAddress?: string
  },
  body?: string,
): Promise<{ status: number | undefined; headers: IncomingMessage['headers']; text: string }> {
  const request = httpRequest(url, options).end(body)
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of response) text += chunk
  return { status: response.statusCode, headers: response.headers, text }
}

/** Writes the bytes to a connection of their own; gives all that came back until it was closed. */
export function sendBytes(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    socket
      .on('data', (chunk) => {
        received += chunk
      })
      .on('error', reject)
      .on('close', () => resolve(received))
  })
}
