/** What is counted while one fault lasts. */
export interface Tally {
  requests: number
  signIns: number
  /** Broken off by the fault: to be begun again. */
  signInsFailed: number
  renewals: number
  status200: number
  status303: number
  status4xx: number
  status5xx: number
  /** The connection broke before the answer. */
  noAnswer: number
  /** Had in full, and thrown away as if the connection had broken. */
  answersLost: number
  /** Sentences on answers that are not in the form of RFC 6749. */
  malformed: string[]
  /** The stories of sessions that ended without need. */
  lost: string[]
  /** The stories of those that nobody could have saved. */
  beyondMending: string[]
}

export const newTally = (): Tally => ({
  requests: 0,
  signIns: 0,
  signInsFailed: 0,
  renewals: 0,
  status200: 0,
  status303: 0,
  status4xx: 0,
  status5xx: 0,
  noAnswer: 0,
  answersLost: 0,
  malformed: [],
  lost: [],
  beyondMending: [],
})

export function countStatus(tally: Tally, status: number): void {
  if (status === 200) tally.status200 += 1
  else if (status < 400) tally.status303 += 1
  else if (status < 500) tally.status4xx += 1
  else tally.status5xx += 1
}
