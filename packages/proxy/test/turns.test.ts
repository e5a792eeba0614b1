// Several requests on one connection: what Node leaves to its users.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { authorizationQuery } from './app.ts'
import { bearer, type StagedProxy, startProxy, startUpstream } from './stage.ts'

interface SlowUpstream {
  readonly apiUrl: string
  /** How many requests wait. */
  waiting(): number
  answerAll(): void
}

async function startSlowUpstream(): Promise<SlowUpstream> {
  const answers: (() => void)[] = []
  const { apiUrl } = await startUpstream((_request, response) => {
    answers.push(() => response.end('slow answer'))
  })
  return {
    apiUrl,
    waiting: () => answers.length,
    answerAll: () => {
      for (const answer of answers) answer()
    },
  }
}

async function open(proxy: StagedProxy): Promise<{ socket: Socket; received(): string }> {
  const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  let received = ''
  socket.on('data', (chunk) => (received += chunk.toString('latin1'))).on('error', () => {})
  return { socket, received: () => received }
}

const request = (line: string, ...headers: string[]) =>
  [`${line} HTTP/1.1`, 'Host: proxy', ...headers, '', ''].join('\r\n')
const slow = request('GET /1/slow', `Authorization: ${bearer.authorization}`)
const authorize = `/1/authorize?${authorizationQuery()}`

test('who hangs up while his answers wait for their turn gives all his places back', async () => {
  const { apiUrl, waiting } = await startSlowUpstream()
  const proxy = await startProxy({ apiUrl, maxConcurrent: 2 })
  for (let client = 1; client <= 4; client++) {
    const { socket } = await open(proxy)
    socket.write(slow + request(`GET ${authorize}`) + request(`GET ${authorize}`))
    await expect.poll(() => proxy.log().match(/\/1\/slow/g)?.length).toBeGreaterThanOrEqual(client)
    await expect.poll(waiting).toBeGreaterThanOrEqual(client)
    socket.resetAndDestroy()
    const status = async () => (await fetch(proxy.url + authorize, { redirect: 'manual' })).status
    await expect.poll(status).toBe(303)
  }
})

test('what cannot be read is answered after what came before it', async () => {
  const { apiUrl, waiting, answerAll } = await startSlowUpstream()
  const proxy = await startProxy({ apiUrl })
  const { socket, received } = await open(proxy)
  socket.write(`${slow}no request at all\r\n\r\n`)
  await expect.poll(waiting).toBe(1)
  answerAll()
  await once(socket, 'close')
  const [first, second] = received().split('HTTP/1.1 ').slice(1)
  expect(first).toMatch(/^200 OK\r\n[\s\S]*slow answer$/)
  expect(second).toMatch(/^400 Bad Request\r\n[\s\S]*"error":"invalid_request"/)
})

test('nobody is told to go on in the midst of another answer', async () => {
  const { apiUrl, waiting, answerAll } = await startSlowUpstream()
  const proxy = await startProxy({ apiUrl })
  const { socket, received } = await open(proxy)
  const type = 'Content-Type: application/x-www-form-urlencoded'
  const form = request('POST /1/token', type, 'Expect: 100-continue', 'Content-Length: 3')
  socket.write(slow + form)
  await expect.poll(waiting).toBe(1)
  expect(received()).toBe('')
  answerAll()
  await expect.poll(received).toMatch(/slow answerHTTP\/1\.1 100 Continue\r\n\r\n$/)
  socket.write('a=b')
  await expect.poll(received).toMatch(/HTTP\/1\.1 400 /)
})

test.each([
  ['without Host', 'GET /1/token HTTP/1.1\r\n\r\n', 400],
  ['with an unknown expectation', request('GET /1/token', 'Expect: tea'), 405],
])('a request %s is answered as any other', async (_name, text, status) => {
  const proxy = await startProxy({ apiUrl: 'http://127.0.0.1:9/1' })
  const { socket, received } = await open(proxy)
  socket.write(text)
  await expect.poll(received).toMatch(/"error":"invalid_request"/)
  expect(received()).toMatch(new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*cache-control: no-store`))
})
