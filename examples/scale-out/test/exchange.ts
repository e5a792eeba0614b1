import { createHash, randomBytes } from 'node:crypto'
import { request } from 'node:http'

/** Sends so many megabytes, each when the one before has come back; tells if they came back whole. */
export async function exchange(
  url: string,
  megabytes: number,
  headers: Record<string, string> = {},
): Promise<boolean> {
  const [sent, got] = [createHash('sha256'), createHash('sha256')]
  const outgoing = request(url, { method: 'POST', headers })
  let [sentBytes, gotBytes] = [0, 0]
  const sendNext = () => {
    if (sentBytes === megabytes << 20) return void outgoing.end()
    const chunk = randomBytes(1 << 20)
    sentBytes += chunk.length
    sent.update(chunk)
    outgoing.write(chunk)
  }
  await new Promise<void>((resolve, reject) => {
    outgoing.once('error', reject).once('response', (response) => {
      response.once('error', reject).once('end', resolve)
      response.on('data', (chunk: Buffer) => {
        gotBytes += chunk.length
        got.update(chunk)
        if (gotBytes === sentBytes) sendNext()
      })
    })
    sendNext()
  })
  return gotBytes === megabytes << 20 && got.digest('hex') === sent.digest('hex')
}
