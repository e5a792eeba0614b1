// The whole of it, and what of it a test or a person can turn.

import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { freePorts } from '../ports.ts'
import { type ScaleOut, startScaleOut } from '../stack.ts'
import { startServer } from './echo.ts'
import { exchange } from './exchange.ts'

describe('with all of it running', () => {
  let stack: ScaleOut
  beforeAll(async () => {
    stack = await startScaleOut({ pages: false })
  })
  afterAll(() => stack?.close())

  test('five sign-ins under way, each with the longest state, can all come back', async () => {
    const cookies = new Map<string, string>()
    const visit = async (path: string) => {
      const cookie = [...cookies].map((pair) => pair.join('=')).join('; ')
      const answer = await fetch(stack.url + path, {
        redirect: 'manual',
        headers: cookie ? { cookie } : {},
      })
      for (const line of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        if (value) cookies.set(name, value)
        else cookies.delete(name)
      }
      expect(answer.status).toBe(303)
      return new URL(answer.headers.get('location') ?? '')
    }
    const states: string[] = []
    for (let n = 0; n < 5; n += 1) states.push(await begin(String(n).repeat(512)))
    expect(cookies.size).toBe(5)
    for (const state of states) {
      const code = stack.sandbox.issueCode()
      const end = await visit(`/1/callback?${new URLSearchParams({ code, state })}`)
      expect(end.searchParams.get('error')).toBe(null)
      expect(end.searchParams.get('code')).toBeTruthy()
    }

    async function begin(state: string): Promise<string> {
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: stack.sandbox.client.clientId,
        redirect_uri: `${stack.url}/callback.html`,
        code_challenge: randomBytes(32).toString('base64url'),
        code_challenge_method: 'S256',
        state,
      })
      return (await visit(`/1/authorize?${query}`)).searchParams.get('state') ?? ''
    }
  })

  test('a proxy can be killed and started again, with other variables', async () => {
    const [proxy] = stack.proxies
    if (!proxy) throw new Error('There is no proxy.')
    const { pid } = proxy
    await proxy.kill()
    await expect(fetch(`${proxy.url}/healthz`)).rejects.toThrow('fetch failed')
    await proxy.start({ LOG_LEVEL: 'trace' })
    expect(proxy.pid).not.toBe(pid)
    expect((await fetch(`${proxy.url}/healthz`)).status).toBe(200)
    await expect(proxy.start({})).rejects.toThrow('still runs')
  })

  test('a proxy that is paused answers when it is resumed', async () => {
    const [, proxy] = stack.proxies
    if (!proxy) throw new Error('There is no proxy.')
    proxy.pause()
    const soon = { signal: AbortSignal.timeout(500) }
    await expect(fetch(`${proxy.url}/healthz`, soon)).rejects.toThrow('aborted')
    proxy.resume()
    expect((await fetch(`${proxy.url}/healthz`)).status).toBe(200)
  })

  test('Redis can be stopped, started and paused', async () => {
    const { pid } = stack.redis
    await stack.redis.stop()
    await stack.redis.start()
    expect(stack.redis.pid).not.toBe(pid)
    stack.redis.pause()
    stack.redis.resume()
  })
})

test('20 MB go through nginx and a proxy both ways at once', async () => {
  const roambi = await startServer((request, response) => void request.pipe(response))
  const roambiUrlOf = () => `http://127.0.0.1:${roambi}/1`
  const stack = await startScaleOut({ pages: false, roambiUrlOf })
  onTestFinished(stack.close)
  const authorization = `Bearer ${randomBytes(16).toString('hex')}`
  expect(await exchange(`${stack.url}/1/jobs`, 20, { authorization })).toBe(true)
})

test('nothing is left running when it is closed', async () => {
  const stack = await startScaleOut({ pages: false })
  const pids = [...stack.proxies, stack.redis, stack.nginx].map(({ pid }) => pid)
  expect(pids.filter(isRunning)).toHaveLength(5)
  stack.proxies[1]?.pause()
  await stack.close()
  expect(pids.filter(isRunning)).toEqual([])
})

test('nothing is left running when a part of it can not start', async () => {
  const [port = 0] = await freePorts(1)
  const other = createServer().listen(port, '127.0.0.1')
  onTestFinished(() => void other.close())
  const before = children()
  await expect(startScaleOut({ pages: false, port })).rejects.toThrow(
    /nginx did not start.*in use/s,
  )
  await expect(
    startScaleOut({ pages: false, variables: { PROXY_SEALING_KEYS: 'short' } }),
  ).rejects.toThrow(/roambi-proxy did not start\. PROXY_SEALING_KEYS/)
  expect(children()).toEqual(before)
})

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** The names of the programs that this process has started and that still run. */
function children(): string[] {
  const { stdout } = spawnSync('pgrep', ['-P', String(process.pid), '-l'], { encoding: 'utf8' })
  return stdout.match(/(?<=\d )(nginx|redis-server|node)$/gm) ?? []
}
