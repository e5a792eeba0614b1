// The short form of `pnpm faults`: one after another, under load.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { catalogue } from './catalogue.ts'
import { complaintsOn, type Row, tableOf } from './row.ts'
import { type Suite, startSuite } from './suite.ts'

let suite: Suite
const rows: Row[] = []
beforeAll(async () => {
  suite = await startSuite({ people: 12, pace: 250, span: 1500 })
})
afterAll(async () => {
  await suite?.close()
  console.log(tableOf(rows))
})

test.each(catalogue.filter(({ short }) => short))('$name ($rotation)', async (fault) => {
  const row = await suite.suffer(fault)
  rows.push(row)
  expect(complaintsOn(row)).toEqual([])
})
