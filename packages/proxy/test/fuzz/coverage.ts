// What came of the requests: a fuzzer that is refused at the door would find nothing.

export interface Coverage {
  count(kind: string, outcome: string): void
  /** How often, the most frequent first. */
  counts(): Record<string, number>
  /** What has not come, or too seldom. */
  missing(): string[]
}

export function createCoverage(): Coverage {
  const counted = new Map<string, number>()
  const add = (name: string) => counted.set(name, (counted.get(name) ?? 0) + 1)
  let all = 0
  return {
    count(kind, outcome) {
      all += 1
      add(`${kind}: ${outcome}`)
    },
    counts: () => Object.fromEntries([...counted].sort(([, one], [, other]) => other - one)),
    missing: () =>
      Object.entries(leastOf10000).flatMap(([name, least]) => {
        const count = counted.get(name) ?? 0
        return count >= Math.floor((least * all) / 10_000) ? [] : [`${count} times ${name}`]
      }),
  }
}

/** A quarter or less of what is usual. */
const leastOf10000: Readonly<Record<string, number>> = {
  'authorize: redirect to Roambi': 400,
  'authorize: redirect with invalid_request': 30,
  'authorize: 400 page': 80,
  'callback: redirect with a code': 140,
  'callback: redirect with access_denied': 50,
  'callback: 400 page': 100,
  'code: tokens': 6,
  'code: 400 invalid_grant': 60,
  'code: 400 invalid_dpop_proof': 20,
  'refresh token: tokens': 100,
  'refresh token: 400 invalid_grant': 8,
  'refresh token: 400 invalid_client': 10,
  'refresh token: 400 unsupported_grant_type': 8,
  'API: API answer': 200,
  'API: 401 invalid_request': 7,
  'API: 400 invalid_request': 15,
  'preflight: preflight': 80,
  'metadata: metadata': 80,
  'bytes: API answer': 8,
  'bytes: tokens': 2,
  'bytes: 400 invalid_request': 100,
}
