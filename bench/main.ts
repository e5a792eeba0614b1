// `pnpm bench`: everything, or what is named: `pnpm bench size renewals`. Prints the tables that the
// READMEs quote.

import { parseArgs } from 'node:util'
import { describeMachine } from './machine.ts'

const rooms = ['size', 'renewals', 'token', 'proxy', 'memory'] as const

const {
  positionals: named,
  values: { against },
} = parseArgs({ options: { against: { type: 'string' } }, allowPositionals: true })
const unknown = named.filter((name) => !rooms.some((room) => room === name))
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}: pnpm bench [${rooms.join('] [')}]`)
  process.exit(1)
}

// What it has started hears of its end.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

interface Room {
  run(against?: string): Promise<void>
}

console.log(`${describeMachine()}\n`)
for (const room of rooms) {
  if (named.length > 0 && !named.includes(room)) continue
  const { run }: Room = await import(`./${room}/${room}.ts`)
  await run(against)
}
