// What a server holds of the machine's memory, before and after a lot of work.

import { setTimeout as pause } from 'node:timers/promises'
import { versioned } from '../machine.ts'
import {
  buildRoambiProxy,
  startPeer,
  startProxyPass,
  startRoambiProxy,
} from '../proxy/candidates.ts'
import { load } from '../proxy/load.ts'
import type { Server } from '../proxy/processes.ts'
import { startUpstream } from '../proxy/upstream.ts'
import { callApi, renew, type Work } from '../proxy/works.ts'
import { tableOf } from '../table.ts'

export async function run(): Promise<void> {
  buildRoambiProxy()
  const upstream = await startUpstream()
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
  await upstream.stop()
  const head = ['memory (RSS), MB', 'after 1,000 requests', 'after 100,000 more', 'and 70 s later']
  console.log(`${tableOf(head, rows)}\n`)
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
