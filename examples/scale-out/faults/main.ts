// The long form: every fault of the catalogue, then an hour's worth of requests. Ends with status 1
// when anything is not as it must be.

import closeWithGrace from 'close-with-grace'
import { catalogue } from './catalogue.ts'
import { complaintsOn, type Row, tableOf } from './row.ts'
import { complaintsOnGrowth, type Growth, growthTableOf, soakOf } from './soak.ts'
import { startSuite } from './suite.ts'

/** As many token requests as ten thousand people make in an hour, whose access tokens live for one. */
const requests = Number(process.env.FAULTS_REQUESTS || 10_000)
const only = process.env.FAULTS_ONLY ?? ''

const growths: Growth[] = []
const soak = soakOf(requests, growths)
// The soak first: it wants proxies that nobody has killed.
const faults = [soak, ...catalogue].filter(({ name }) => name.includes(only))

const suite = await startSuite({ people: 40, pace: 600, span: 4000 })
// Ctrl-C leaves nothing running either.
const grace = closeWithGrace({ delay: 20_000 }, suite.close)
const rows: Row[] = []
const complaints: string[] = []
try {
  for (const fault of faults) {
    const started = Date.now()
    const row = await suite.suffer(fault)
    rows.push(row)
    complaints.push(...complaintsOn(row).map((complaint) => `${fault.name}: ${complaint}`))
    console.error(
      `${fault.name} (${fault.rotation}): ${Math.round((Date.now() - started) / 1000)} s`,
    )
  }
} finally {
  grace.uninstall()
  await suite.close()
}
complaints.push(...complaintsOnGrowth(growths))

console.log(`\n${tableOf(rows)}\n`)
for (const { fault } of rows) if (fault.note) console.log(`${fault.name}: ${fault.note}`)
if (growths.length > 0) console.log(`\n${growthTableOf(growths)}`)
const { secrets, logs } = suite
console.log(
  `\n${secrets.size} secrets were looked for in ${logs.size} characters of logs and of Redis.`,
)
console.log(complaints.length > 0 ? `\n${complaints.join('\n\n')}` : '\nAll is as it must be.')
process.exitCode = complaints.length > 0 ? 1 : 0
