// @vitest-environment node
// Random lives of a browser with several tabs, in virtual time, the same ones each time: a change is
// judged by itself. SIMULATION_SEED is the first seed, SIMULATION_SCHEDULES says how many there are.

import { env } from 'node:process'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createDpopKey } from '../src/dpop-key.ts'
import type { Browser } from './simulation/browser.ts'
import { globalsOf } from './simulation/globals.ts'
import { planSchedule, runSchedule, type Schedule } from './simulation/schedule.ts'
import { smallest } from './simulation/smallest.ts'
import { type WorldOptions, wholeTurn } from './simulation/world.ts'

const firstSeed = Number(env.SIMULATION_SEED ?? 1)
const count = Number(env.SIMULATION_SCHEDULES ?? 20_000)

const dpopKey = await createDpopKey()
const { stackTraceLimit } = Error
let browser: Browser

beforeAll(() => {
  for (const [name, value] of Object.entries(globalsOf(() => browser))) vi.stubGlobal(name, value)
  // Thousands of errors are made, whose stacks nobody reads.
  Error.stackTraceLimit = 0
})

afterAll(() => {
  vi.unstubAllGlobals()
  Error.stackTraceLimit = stackTraceLimit
})

it(`keeps its laws in ${count} schedules from seed ${firstSeed} on`, { timeout: 0 }, async () => {
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const schedule = planSchedule(seed)
    if (await run(schedule)) expect.fail(await storyOf(schedule))
  }
})

it('is told the same when more time is left for promises', { timeout: 0 }, async () => {
  for (let seed = firstSeed; seed < firstSeed + 50; seed++) {
    const schedule = planSchedule(seed)
    const story: string[] = []
    const sure: string[] = []
    await run(schedule, { story })
    await run(schedule, { story: sure, settle: wholeTurn })
    expect(story).toEqual(sure)
  }
})

function run(schedule: Schedule, options: WorldOptions = {}): Promise<string | undefined> {
  return runSchedule(schedule, {
    dpopKey,
    enter: (entered) => {
      browser = entered
    },
    ...options,
  })
}

async function storyOf(schedule: Schedule): Promise<string> {
  const short = await smallest(schedule, async (shorter) => Boolean(await run(shorter)))
  const story: string[] = []
  const law = await run(short, { story })
  const setting = JSON.stringify(short.setting)
  const repeat = `SIMULATION_SEED=${schedule.seed} SIMULATION_SCHEDULES=1 repeats it.`
  return `Seed ${schedule.seed}: ${law}. ${repeat}\n${setting}\n${story.join('\n')}`
}
