// What `getAccessToken()` costs an app that asks for it before each request.

import { join } from 'node:path'
import { launchChromium } from '../chromium.ts'
import { startAppAtProvider } from '../provider.ts'
import { seeToken, signIn } from '../sign-in.ts'
import { withSpread } from '../statistics.ts'
import { tableOf } from '../table.ts'

const rounds = 41
const callsInRound = 5000

export async function run(): Promise<void> {
  const app = await startAppAtProvider({
    script: join(import.meta.dirname, 'page.ts'),
    paths: { authorization: '/1/authorize', token: '/1/token' },
  })
  app.setLifetime(3600)
  const browser = await launchChromium()
  try {
    const page = await browser.newPage()
    await signIn(page, app)

    const fresh: { ours: number; promise: number }[] = []
    for (let round = 0; round < rounds; round += 1) {
      fresh.push(await page.evaluate(`harness.fresh(${callsInRound})`))
    }
    const cold: number[] = []
    const bare: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, times] of [['cold', cold] as const, ['bare', bare] as const]) {
        await page.reload()
        await seeToken(page)
        times.push(await page.evaluate(`harness.${name}()`))
      }
    }
    console.log(
      `${tableOf(
        [`Chromium ${browser.version()}`, 'getAccessToken()', 'beside it', 'ratio'],
        [
          [
            'fresh, ns; beside it `await` of a resolved promise',
            withSpread(
              fresh.map(({ ours }) => ours),
              0,
            ),
            withSpread(
              fresh.map(({ promise }) => promise),
              0,
            ),
            withSpread(
              fresh.map(({ ours, promise }) => ours / promise),
              1,
            ),
          ],
          [
            'cold, ms; beside it IndexedDB opened and read by hand',
            withSpread(cold),
            withSpread(bare),
            withSpread(
              cold.map((time, round) => time / (bare[round] ?? Number.NaN)),
              1,
            ),
          ],
        ],
      )}\n`,
    )
  } finally {
    await browser.close()
    await app.close()
  }
}
