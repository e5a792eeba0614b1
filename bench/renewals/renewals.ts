// How many requests for a renewal reach the server for one access token that ends, when it ends in several
// tabs at once, and ten callers in each ask for a token then.

import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { launchChromium } from '../chromium.ts'
import { versioned } from '../machine.ts'
import { type ProviderOptions, startAppAtProvider } from '../provider.ts'
import { seeToken, signIn } from '../sign-in.ts'
import { tableOf } from '../table.ts'

const tabCounts = [1, 5, 20] as const
const callers = 10
const rounds = 2

interface Contender extends Omit<ProviderOptions, 'script'> {
  readonly name: string
  readonly page: string
  /** How long before its end, in s, a token counts as ended. Default 0. */
  readonly early?: number
}

const contenders: readonly Contender[] = [
  {
    name: '@roambi-auth/browser',
    page: 'roambi.ts',
    paths: { authorization: '/1/authorize', token: '/1/token' },
  },
  {
    name: versioned('@auth0/auth0-spa-js'),
    page: 'auth0.ts',
    paths: { authorization: '/authorize', token: '/oauth/token' },
    issuerEnd: '/',
    early: 60,
  },
  {
    name: versioned('oidc-client-ts'),
    page: 'oidc-client-ts.ts',
    paths: { authorization: '/auth', token: '/token' },
  },
]

export async function run(): Promise<void> {
  const browser = await launchChromium()
  const rows: string[][] = contenders.map(({ name }) => [name])
  try {
    for (const tabs of tabCounts) {
      const outcomes = contenders.map((): Outcome[] => [])
      for (let round = 0; round < rounds; round += 1) {
        // At once, each with a server of its own: what is counted is requests, not time.
        const ended = await Promise.all(
          contenders.map((contender) => expireOnce(browser, contender, tabs)),
        )
        for (const [place, outcome] of ended.entries()) outcomes[place]?.push(outcome)
      }
      for (const [place, row] of rows.entries()) row.push(cellOf(outcomes[place] ?? [], tabs))
    }
  } finally {
    await browser.close()
  }
  const head = [
    `Chromium ${browser.version()}, ${versioned('oidc-provider')}`,
    ...tabCounts.map((tabs) => `${tabs} × ${callers} callers`),
  ]
  console.log(`${tableOf(head, rows)}\n`)
}

interface Outcome {
  /** How each request for a renewal ended at the server. */
  readonly renewals: readonly string[]
  /** Callers that got a token. */
  readonly served: number
}

async function expireOnce(
  browser: Browser,
  { page: script, early = 0, ...options }: Contender,
  tabs: number,
): Promise<Outcome> {
  const app = await startAppAtProvider({
    ...options,
    script: join(import.meta.dirname, 'pages', script),
  })
  const context = await browser.newContext()
  try {
    // Long enough for all tabs to be open by then.
    const lifetime = 10 + 3 * tabs
    app.setLifetime(lifetime + early)
    const first = await context.newPage()
    await signIn(first, app)
    const end = Date.now() + lifetime * 1000
    app.setLifetime(3600)
    const pages = [first]
    while (pages.length < tabs) {
      const page = await context.newPage()
      pages.push(page)
      await page.goto(app.appUrl)
      await seeToken(page)
    }
    if (app.renewals.length > 0) throw new Error(`${script} renewed before all tabs were open.`)
    const calls = pages.map((page) =>
      page.evaluate<number>(`harness.callAt(${end + 500}, ${callers})`),
    )
    const served = (await Promise.all(calls)).reduce((sum, count) => sum + count)
    return { renewals: [...app.renewals], served }
  } finally {
    await context.close()
    await app.close()
  }
}

/** `5, 4 of them refused; 12 of 50 callers served` */
function cellOf(outcomes: readonly Outcome[], tabs: number): string {
  const sent = range(outcomes.map(({ renewals }) => renewals.length))
  const refused = range(
    outcomes.map(({ renewals }) => renewals.filter((end) => end !== 'ok').length),
  )
  const kinds = new Set(outcomes.flatMap(({ renewals }) => renewals).filter((end) => end !== 'ok'))
  const served = range(outcomes.map(({ served }) => served))
  const refusals = kinds.size > 0 ? `, of which ${refused} ${[...kinds].join(', ')}` : ''
  const all = String(tabs * callers)
  return `${sent}${refusals}${served === all ? '' : `; ${served} of ${all} callers served`}`
}

function range(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  return low === high ? String(low) : `${low}–${high}`
}
