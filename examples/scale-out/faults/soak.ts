// An hour's worth of requests in a few minutes: does anything pile up?

import { setTimeout as pause } from 'node:timers/promises'
import type { Fault } from './catalogue.ts'
import { faultOfGrowth, type Resources, resourcesOf } from './resources.ts'
import { alignedTable } from './row.ts'
import type { Scene } from './scene.ts'

/** What a process held when it was warm, and at the end. */
export interface Growth {
  readonly name: string
  readonly before: Resources
  readonly after: Resources
}

/** A little of everything that goes wrong from day to day, until so many requests are made. */
export function soakOf(requests: number, growths: Growth[]): Fault {
  return {
    name: 'an hour in a few minutes, with a little of everything',
    rotation: 'strict',
    async run(scene) {
      const { load, stack } = scene
      load.loseAnswers(0.02)
      const reach = async (count: number) => {
        while (load.tally.requests < count) {
          for (const fault of ['html', 'reset', 500] as const) stack.sandbox.failNext(fault)
          await pause(2000)
        }
      }
      await reach(requests / 5)
      const before = await look(scene)
      await reach(requests)
      const after = await look(scene)
      load.loseAnswers(0)
      for (const [index, { name, resources }] of before.entries()) {
        growths.push({ name, before: resources, after: after[index]?.resources ?? resources })
      }
    },
  }
}

function look({ stack: { proxies, redis } }: Scene) {
  const programs = [...proxies.map(({ pid }, index) => ({ name: `proxy ${index + 1}`, pid }))]
  programs.push({ name: 'Redis', pid: redis.pid })
  return Promise.all(
    programs.map(async ({ name, pid }) => ({ name, resources: await resourcesOf(pid) })),
  )
}

export function growthTableOf(growths: readonly Growth[]): string {
  const cells = growths.map(({ name, before, after }) => [
    name,
    ...[before.memory, after.memory, before.descriptors, after.descriptors].map(String),
  ])
  const titles = ['', 'MB when warm', 'MB at the end', 'descriptors when warm', 'at the end']
  return alignedTable([titles, ...cells])
}

/** Sentences; none when nothing has piled up. */
export function complaintsOnGrowth(growths: readonly Growth[]): string[] {
  return growths.flatMap(({ name, before, after }) => {
    const fault = faultOfGrowth(before, after)
    return fault ? [`${name}: ${fault}.`] : []
  })
}
