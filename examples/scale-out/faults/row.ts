// What came of one fault, and what is wrong with it. Nothing is asked here.

import type { Fault } from './catalogue.ts'
import type { Tally } from './tally.ts'

export interface Row {
  readonly fault: Pick<Fault, 'name' | 'rotation' | 'mayLose' | 'note'>
  readonly tally: Tally
  readonly people: number
  /** Who have renewed after the fault was over. */
  readonly alive: number
  /** Places that hold a secret in the clear. */
  readonly leaks: readonly string[]
}

/** Sentences; none when all is as it must be. */
export function complaintsOn({ fault, tally, people, alive, leaks }: Row): string[] {
  const { lost, beyondMending, malformed } = tally
  const complaints: string[] = []
  if (fault.mayLose === 'some') {
    if (lost.length === 0) complaints.push('No session was lost, though the fault costs some.')
  } else {
    if (lost.length > 0) complaints.push(`${lost.length} sessions were lost. The first: ${lost[0]}`)
    if (beyondMending.length > 0 && !fault.mayLose) {
      complaints.push(`${beyondMending.length} were beyond mending. The first: ${beyondMending[0]}`)
    }
    if (alive < people) complaints.push(`${people - alive} did not come back.`)
  }
  if (tally.renewals + tally.signIns === 0) complaints.push('Nobody signed in or renewed.')
  if (malformed.length > 0) {
    complaints.push(`${malformed.length} answers are not in form. The first: ${malformed[0]}`)
  }
  return [...complaints, ...leaks.map((leak) => `${leak}.`)]
}

const columns: readonly [title: string, value: (row: Row) => string | number][] = [
  ['fault', ({ fault }) => fault.name],
  ['rotation', ({ fault }) => fault.rotation],
  ['requests', ({ tally }) => tally.requests],
  ['sign-ins', ({ tally }) => tally.signIns],
  ['broken off', ({ tally }) => tally.signInsFailed],
  ['renewals', ({ tally }) => tally.renewals],
  ['200', ({ tally }) => tally.status200],
  ['303', ({ tally }) => tally.status303],
  ['4xx', ({ tally }) => tally.status4xx],
  ['5xx', ({ tally }) => tally.status5xx],
  ['no answer', ({ tally }) => tally.noAnswer],
  ['thrown away', ({ tally }) => tally.answersLost],
  ['alive', ({ alive, people }) => `${alive}/${people}`],
  ['lost', ({ tally }) => tally.lost.length],
  ['beyond mending', ({ tally }) => tally.beyondMending.length],
  ['not in form', ({ tally }) => tally.malformed.length],
  ['leaks', ({ leaks }) => leaks.length],
]

/** One line for each row, under a line of titles. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map(([, value]) => String(value(row))))
  return alignedTable([columns.map(([title]) => title), ...cells])
}

/** The first column to the left, all others to the right. */
export function alignedTable(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, at) =>
    Math.max(...lines.map((line) => (line[at] ?? '').length)),
  )
  const pad = (cell: string, at: number) =>
    at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)
  return lines.map((line) => line.map(pad).join('  ')).join('\n')
}
