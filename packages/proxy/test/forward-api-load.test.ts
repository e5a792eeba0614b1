// Large bodies, slow ends, and many at once.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { environment, startProgram } from './program.ts'
import { bearer, freePort, startProxy, startUpstream } from './stage.ts'

const megabyte = 1024 * 1024
const chunk = Buffer.alloc(64 * 1024, 'x')

describe('200 MB each way', () => {
  test('take up no more memory than the first 20', { timeout: 60_000 }, async () => {
    const upstream = await startUpstream(async (request, response) => {
      const received = await lengthOf(request)
      if (request.method === 'POST') response.end(String(received))
      else await pipeline(megabytes(Number(request.url?.split('=')[1])), response)
    })
    const { url, memory } = await startMeasured(upstream.apiUrl)
    const send = async (count: number) => {
      const response = await fetch(`${url}/1/contents`, {
        method: 'POST',
        headers: { ...bearer, 'content-type': 'application/octet-stream' },
        body: Readable.toWeb(megabytes(count)) as ReadableStream,
        duplex: 'half',
      })
      return Number(await response.text())
    }
    const receive = async (count: number) => {
      const response = await fetch(`${url}/1/contents?size=${count}`, { headers: bearer })
      return lengthOf(response.body ?? [])
    }

    expect([await send(20), await receive(20)]).toEqual([20 * megabyte, 20 * megabyte])
    const before = memory().now
    expect([await send(200), await receive(200)]).toEqual([200 * megabyte, 200 * megabyte])
    const growth = memory().peak - before
    console.info(`${Math.round(growth / megabyte)} MB more than ${Math.round(before / megabyte)}`)
    expect(growth).toBeLessThan(60 * megabyte)
  })
})

describe('nobody is sent more than it reads:', () => {
  const total = 64 * megabyte
  // What the sockets' own buffers may hold on the way.
  const bound = 32 * megabyte

  test('the upstream waits for a slow app', { timeout: 30_000 }, async () => {
    let sent = 0
    const upstream = await startUpstream((_request, response) => {
      megabytes(64, (length) => {
        sent += length
      }).pipe(response)
    })
    const proxy = await startProxy({ apiUrl: upstream.apiUrl })
    const download = httpRequest(`${proxy.url}/1/contents`, { headers: bearer }).end()
    const response = await answerTo(download)
    await standstill(() => sent)
    expect(sent).toBeLessThan(bound)
    expect(await lengthOf(response)).toBe(total)
  })

  test('the app waits for a slow upstream', { timeout: 30_000 }, async () => {
    let read = () => {}
    const upstream = await startUpstream((request, response) => {
      read = async () => void response.end(String(await lengthOf(request)))
    })
    const proxy = await startProxy({ apiUrl: upstream.apiUrl })
    let sent = 0
    const upload = httpRequest(`${proxy.url}/1/contents`, { method: 'POST', headers: bearer })
    megabytes(64, (length) => {
      sent += length
    }).pipe(upload)
    const response = answerTo(upload)
    await standstill(() => sent)
    expect(sent).toBeLessThan(bound)
    read()
    expect(Number(await textOf(await response))).toBe(total)
  })
})

describe('an app that is still sending gets', () => {
  const push = (url: string, { isRestless = false } = {}) => {
    const upload = httpRequest(`${url}/1/contents`, { method: 'POST', headers: bearer })
    // Who writes just when the connection is closed may not get to read.
    if (isRestless) megabytes(64).pipe(upload)
    else upload.write(Buffer.alloc(500_000))
    const closed = new Promise<void>((resolve) => upload.once('close', resolve))
    return { response: answerTo(upload), end: () => upload.end(), closed }
  }

  test.each(['keep-alive', 'close'])('an early answer (Connection: %s)', async (connection) => {
    const upstream = await startEarlyUpstream(
      `HTTP/1.1 413 Too Large\r\nConnection: ${connection}\r\nContent-Length: 9\r\n\r\ntoo large`,
    )
    const proxy = await startProxy({ apiUrl: upstream.apiUrl })
    const upload = push(proxy.url)
    const response = await upload.response
    expect([response.statusCode, await textOf(response)]).toEqual([413, 'too large'])
    upload.end()
    await upload.closed
    await expect.poll(upstream.connections).toBe(0)
  })

  test.each([
    ['can not be reached', 503],
    ['breaks off', 502],
    ['is silent', 504],
  ])('an error when the upstream %s, and nothing stays open', async (fault, status) => {
    const upstream = await startUpstream(({ socket }) => {
      if (fault === 'breaks off') socket.resetAndDestroy()
    })
    const apiUrl = status === 503 ? `http://127.0.0.1:${await freePort()}/1` : upstream.apiUrl
    const proxy = await startProxy({ apiUrl, timeouts: { api: 300 } })
    const upload = push(proxy.url, { isRestless: status === 504 })
    const response = await upload.response
    expect(response.statusCode).toBe(status)
    expect(JSON.parse(await textOf(response))).toMatchObject({ error: 'temporarily_unavailable' })
    await upload.closed
  })
})

test('apps that stall in the middle of their uploads are in nobody else’s way', async () => {
  const upstream = await startUpstream((request, response) => {
    if (request.method === 'GET') response.end('fine')
  })
  const proxy = await startProxy({ apiUrl: upstream.apiUrl })
  const stalled = 300
  for (let count = 0; count < stalled; count += 1) {
    const headers = { ...bearer, 'content-length': '1000' }
    const upload = httpRequest(`${proxy.url}/1/contents`, { method: 'POST', headers })
    onTestFinished(() => void upload.destroy())
    upload.on('error', () => {}).write('half')
  }
  await expect.poll(upstream.requests, { timeout: 10_000 }).toBe(stalled)
  const response = await fetch(`${proxy.url}/1/user`, { headers: bearer })
  expect(await response.text()).toBe('fine')
})

/** Answers to the first bytes, and reads on, as RFC 9112 section 9.6 wants. */
async function startEarlyUpstream(answer: string) {
  let connections = 0
  const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
    connections += 1
    socket
      .on('close', () => {
        connections -= 1
      })
      .on('error', () => {})
      .once('data', () => (/close/.test(answer) ? socket.end(answer) : socket.write(answer)))
      .resume()
      .on('end', () => socket.end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { apiUrl: `http://127.0.0.1:${port}/1`, connections: () => connections }
}

/** The proxy in a process of its own. */
async function startMeasured(apiUrl: string) {
  const port = await freePort()
  const variables = { ...environment, ROAMBI_API_URL: apiUrl, PORT: String(port) }
  const { program, output } = startProgram(variables)
  await expect.poll(() => output.stdout, { timeout: 15_000 }).toContain('listening')
  return { url: `http://127.0.0.1:${port}`, memory: () => memoryOf(program.pid) }
}

/** In bytes, the peak since it was last asked for; 0 where the system does not tell. */
function memoryOf(pid: number | undefined): { now: number; peak: number } {
  const directory = `/proc/${pid}`
  if (!existsSync(`${directory}/clear_refs`)) return { now: 0, peak: 0 }
  const status = readFileSync(`${directory}/status`, 'utf8')
  const read = (name: string) =>
    Number(status.match(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm'))?.[1]) * 1024
  writeFileSync(`${directory}/clear_refs`, '5')
  return { now: read('VmRSS'), peak: read('VmHWM') }
}

function megabytes(count: number, onChunk: (length: number) => void = () => {}): Readable {
  return Readable.from(
    (function* () {
      for (let left = count * megabyte; left > 0; left -= chunk.length) {
        onChunk(chunk.length)
        yield chunk
      }
    })(),
    { objectMode: false },
  )
}

async function lengthOf(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<number> {
  let length = 0
  for await (const part of body) length += part.length
  return length
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of response) text += part
  return text
}

function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve).on('error', reject)
  })
}

/** Waits until the number is more than 0 and has stayed the same for a while. */
async function standstill(current: () => number): Promise<void> {
  let last = 0
  let times = 0
  const isStill = () => {
    times = current() === last && last > 0 ? times + 1 : 0
    last = current()
    return times
  }
  await expect.poll(isStill, { interval: 50, timeout: 20_000 }).toBeGreaterThan(8)
}
