// What the proxy costs, beside what forwards a request and does nothing else: all of them in turn, round
// after round, against the same upstream.

import { versioned } from '../machine.ts'
import { median, percentile, withSpread } from '../statistics.ts'
import { tableOf } from '../table.ts'
import { buildRoambiProxy, startPeer, startProxyPass, startRoambiProxy } from './candidates.ts'
import { type Load, load } from './load.ts'
import type { Server } from './processes.ts'
import { startUpstream } from './upstream.ts'
import { callApi, redeemRoambisCode, redeemSealedCode, renew, type Work } from './works.ts'

/** @param against another built program, such as the one before a change: this one beside it */
export async function run(against?: string): Promise<void> {
  buildRoambiProxy()
  const upstream = await startUpstream()
  const stage = await (against ? setDuel(upstream, against) : setStage(upstream))
  try {
    for (const { title, contenders, amount } of stage.races) {
      console.log(`${title}\n\n${await race(contenders, amount)}\n`)
    }
  } finally {
    await stage.close()
  }
  await upstream.stop()
}

interface Contender {
  readonly name: string
  readonly server: Server
  readonly work: Work
}

interface Race {
  readonly title: string
  /** The first one is the upstream, which the others are measured against. */
  readonly contenders: readonly Contender[]
  /** Requests of each in each round. */
  readonly amount: number
}

interface Stage {
  readonly races: readonly Race[]
  close(): Promise<void>
}

async function setStage(upstream: Server): Promise<Stage> {
  const { keep, close } = keepServers()
  const peers = [
    ['nginx `proxy_pass`', await keep(startProxyPass(upstream))],
    [versioned('@fastify/reply-from'), await keep(startPeer('reply-from', upstream))],
    [
      `${versioned('http-proxy-middleware')} on Express`,
      await keep(startPeer('http-proxy-middleware', upstream)),
    ],
  ] as const
  const direct = await keep(startRoambiProxy(upstream, { mode: 'direct', refreshTokens: 'bearer' }))
  const bearer = await keep(startRoambiProxy(upstream, { mode: 'pkce', refreshTokens: 'bearer' }))
  const dpop = await keep(startRoambiProxy(upstream, asUsual))
  const logging = await keep(startRoambiProxy(upstream, { ...asUsual, logLevel: 'info' }))

  const forwarders = (work: () => Work): Contender[] => [
    { name: 'asked directly', server: upstream, work: work() },
    ...peers.map(([name, server]) => ({ name, server, work: work() })),
  ]
  const ours = (what: string, server: Server, work: Work): Contender => ({
    name: `roambi-proxy${what}`,
    server,
    work,
  })
  return {
    races: [
      {
        title: 'A call of the API: `GET /1/user/resources`',
        amount: 400,
        contenders: [
          ...forwarders(callApi),
          ours('', dpop, callApi()),
          ours(', each request logged (the default)', logging, callApi()),
        ],
      },
      {
        title: 'Tokens: `POST /1/token`; the peers forward the form as it is',
        amount: 200,
        contenders: [
          ...forwarders(redeemRoambisCode),
          ours(', a code in mode `direct`', direct, redeemRoambisCode()),
          ours(', a sealed code', bearer, redeemSealedCode(bearer)),
          ours(', a renewal', bearer, renew(bearer, { isBound: false })),
          ours(', a renewal with DPoP', dpop, renew(dpop, { isBound: true })),
        ],
      },
    ],
    close,
  }
}

const asUsual = { mode: 'pkce', refreshTokens: 'dpop' } as const

async function setDuel(upstream: Server, against: string): Promise<Stage> {
  const { keep, close } = keepServers()
  const here = await keep(startRoambiProxy(upstream, asUsual))
  const there = await keep(startRoambiProxy(upstream, asUsual, against))
  const duel = (title: string, amount: number, work: (server: Server) => Work): Race => ({
    title,
    amount,
    contenders: [
      { name: 'asked directly', server: upstream, work: callApi() },
      { name: 'here', server: here, work: work(here) },
      { name: against, server: there, work: work(there) },
    ],
  })
  return {
    races: [
      duel('A call of the API', 400, callApi),
      duel('A renewal with DPoP', 200, (server) => renew(server, { isBound: true })),
    ],
    close,
  }
}

function keepServers() {
  const started: Server[] = []
  return {
    async keep(starting: Promise<Server>) {
      const server = await starting
      started.push(server)
      return server
    },
    async close() {
      for (const server of started) await server.stop()
    },
  }
}

const rounds = 5
/** Requests, after which a server is as quick as it gets. */
const warmUp = 2000

/** One connection is how long a request takes, 32 are how much a server can do. */
async function race(contenders: readonly Contender[], amount: number): Promise<string> {
  for (const contender of contenders) await measure(contender, 32, warmUp)
  const alone = contenders.map((): Load[] => [])
  const crowded = contenders.map((): Load[] => [])
  for (let round = 0; round < rounds; round += 1) {
    for (const [place, contender] of contenders.entries()) {
      alone[place]?.push(await measure(contender, 1, amount / 4))
      crowded[place]?.push(await measure(contender, 32, amount))
    }
  }
  return tableOf(
    [
      '',
      'CPU, µs a request',
      'requests a second of CPU',
      'p50 added, ms, 1 connection',
      'p99 added',
      'p50 added, ms, 32 connections',
      'p99 added',
    ],
    contenders.map(({ name }, place) => {
      const cpuTimes = (crowded[place] ?? []).map(({ cpuTime }) => cpuTime * 1000)
      return [
        name,
        withSpread(cpuTimes, 0),
        Math.round(1e6 / median(cpuTimes)).toLocaleString('en'),
        added(alone, place, 0.5),
        added(alone, place, 0.99),
        added(crowded, place, 0.5),
        added(crowded, place, 0.99),
      ]
    }),
  )
}

async function measure({ server, work }: Contender, connections: number, amount: number) {
  await work.prepare(amount)
  return load(server, work.next, { connections, amount })
}

/** What a request takes longer than the upstream alone, in the same round. */
function added(loads: readonly (readonly Load[])[], place: number, share: number): string {
  const [direct = []] = loads
  const own = loads[place] ?? []
  const differences = own.map(
    ({ latencies }, round) =>
      percentile(latencies, share) - percentile(direct[round]?.latencies ?? [], share),
  )
  return place === 0
    ? `(${withSpread(own.map(({ latencies }) => percentile(latencies, share)))})`
    : withSpread(differences)
}
