// A great many requests, most of them odd, to the program over raw sockets. FUZZ_REQUESTS says how
// many, FUZZ_SEED which: codes and tokens are new each time, all else is the same.
import { env } from 'node:process'
import { expect, test } from 'vitest'
import { bytesOf } from './fuzz/connection.ts'
import { fuzz } from './fuzz/run.ts'
import type { Scene, Violation } from './fuzz/scene.ts'
import { shortest } from './fuzz/shortest.ts'

const requests = Number(env.FUZZ_REQUESTS ?? 20_000)
const seed = Number(env.FUZZ_SEED ?? 1)

test(`keeps its laws in ${requests} requests of seed ${seed}`, { timeout: 0 }, async () => {
  const { scene, descriptorsLeft, ...outcome } = await fuzz({ requests, seed })
  console.log(JSON.stringify(outcome, null, 1))
  const violation = scene.violation()
  if (violation) expect.fail(await storyOf(scene, violation))

  expect(outcome.missing).toEqual([])
  const { vitals } = outcome
  expect((vitals.at(-1)?.memory ?? 0) - (vitals[2]?.memory ?? 0)).toBeLessThan(64)
  await expect.poll(descriptorsLeft, { timeout: 30_000 }).toBeLessThan(4)
  // Nobody's words but the proxy's own.
  expect(outcome.sentences.length).toBeLessThan(60)
})

async function storyOf(scene: Scene, violation: Violation): Promise<string> {
  const { conversation, isAlone } = await shortest(scene, violation)
  const again = `FUZZ_SEED=${seed} FUZZ_REQUESTS=${requests} repeats it.`
  const whose = isAlone ? 'The shortest that does it' : 'One of those that may have done it'
  const sent = JSON.stringify(bytesOf(conversation).toString('latin1')).replaceAll('\\r\\n', '$&\n')
  return `${violation.rule}. ${again}\n${violation.detail}\n${whose}, ${conversation.ending}:\n${sent}`
}
