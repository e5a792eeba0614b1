import { setTimeout as pause } from 'node:timers/promises'
import { versioned } from '../machine.ts'
import { tableOf } from '../table.ts'
import { startPeer, startProxyPass, startRoambiProxy } from './candidates.ts'
import { load } from './load.ts'
import type { Server } from './processes.ts'
import { callApi, renew, type Work } from './works.ts'

/** What a server holds of the machine's memory, before and after. */
export async function measureMemory(upstream: Server): Promise<string> {
  const bearer = { mode: 'pkce', refreshTokens: 'bearer' } as const
  const api = () => callApi()
  const rows = [
    await grow('nginx `proxy_pass`', startProxyPass(upstream), api),
    await grow(versioned('@fastify/reply-from'), startPeer('reply-from', upstream), api),
    await grow(
      `${versioned('http-proxy-middleware')} on Express`,
      startPeer('http-proxy-middleware', upstream),
      api,
    ),
    await grow('roambi-proxy, calls of the API', startRoambiProxy(upstream, bearer), api),
    await grow(
      'roambi-proxy, renewals',
      startRoambiProxy(upstream, bearer),
      (server) => renew(server, { isBound: false }),
      // By then no answer is kept for who asks again.
      70_000,
    ),
  ]
  return tableOf(
    ['memory (RSS), MB', 'after 1,000 requests', 'after 100,000 more', 'and 70 s later'],
    rows,
  )
}

async function grow(
  name: string,
  starting: Promise<Server>,
  workOf: (server: Server) => Work,
  rest = 0,
) {
  const server = await starting
  const work = workOf(server)
  const send = async (amount: number) => {
    await work.prepare(amount)
    await load(server, work.next, { connections: 32, amount })
    return server.memory().toFixed(0)
  }
  const row = [name, await send(1000), await send(100_000)]
  await pause(rest)
  row.push(rest > 0 ? server.memory().toFixed(0) : '')
  await server.stop()
  return row
}
