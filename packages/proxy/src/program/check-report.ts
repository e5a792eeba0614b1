// What `roambi-proxy --check` says of its findings. Nothing is asked here.

import type { CredentialsFinding } from '../upstream/credentials.ts'
import type { ClientFinding, Findings } from './check.ts'

export interface CheckReport {
  readonly lines: readonly string[]
  /** Whether it would serve. */
  readonly isWell: boolean
}

/** @param notes to be told beside it */
export function reportFindings(
  { upstream, clients, redis }: Findings,
  notes: readonly string[],
): CheckReport {
  const marks = [
    ...notes.map(note),
    upstream.isReachable
      ? good('Roambi is reachable')
      : bad(`Roambi can't be reached: ${upstream.step} (${upstream.code})`),
    ...clients.flatMap(marksOfClient),
    ...(redis
      ? [redis.isUsable ? good('Redis is reachable') : bad(redisProblem(redis.reason))]
      : []),
  ]
  const problems = marks.filter(({ label }) => label === 'PROBLEM').length
  return {
    isWell: problems === 0,
    lines: [...marks.map(({ label, text }) => `${label.padEnd(9)}${text}`), '', verdict(problems)],
  }
}

interface Mark {
  readonly label: 'ok' | 'note' | 'PROBLEM'
  readonly text: string
}

const good = (text: string): Mark => ({ label: 'ok', text })
const note = (text: string): Mark => ({ label: 'note', text })
const bad = (text: string): Mark => ({ label: 'PROBLEM', text })

const redisProblem = (reason: string) => `Redis can't be used: ${reason}`

/** One accepted secret will do: the other one is about to come or to go. */
function marksOfClient({ clientId, redirectUri, secrets }: ClientFinding): Mark[] {
  const isServed = secrets.some(({ verdict }) => verdict === 'accepted')
  const isMismatch = secrets.some(({ reason }) => reason === 'redirect_url_mismatch')
  const marks = secrets.map((finding, index) => {
    const which = secrets.length > 1 ? `secret ${index + 1} of ${secrets.length}` : 'the secret'
    const text = `${clientId}: ${words(which, finding)}`
    if (finding.verdict === 'accepted') return good(text)
    return isServed ? note(text) : bad(text)
  })
  return isMismatch
    ? [...marks, bad(`${clientId}: Roambi knows another redirect URI than ${redirectUri}`)]
    : marks
}

function words(secret: string, { verdict, reason }: CredentialsFinding): string {
  return verdict === 'unknown'
    ? `whether ${secret} is right, Roambi does not say (${reason})`
    : `${secret} is ${verdict}`
}

function verdict(problems: number): string {
  if (problems === 0) return 'All is well.'
  return problems === 1
    ? 'One problem keeps it from serving.'
    : `${problems} problems keep it from serving.`
}
