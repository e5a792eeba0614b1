/** What the proxy has answered at its token endpoint, as its own log tells it. */
export interface TokenLog {
  /** For each request a status, or the error that it was refused with; oldest first. */
  readonly answers: (number | string)[]
  /** Takes a line of the log. */
  write(line: string): void
}

/** Leaves out what every client of the proxy meets first: a request without a nonce. */
export function createTokenLog(): TokenLog {
  const requests = new Map<string, string | undefined>()
  const answers: (number | string)[] = []
  return {
    answers,
    write(line) {
      const { reqId, req, res, error } = JSON.parse(line)
      if (req?.method === 'POST' && req.path === '/1/token') requests.set(reqId, undefined)
      if (!requests.has(reqId)) return
      if (error) requests.set(reqId, error)
      const refusal = requests.get(reqId)
      if (res && refusal !== 'use_dpop_nonce') answers.push(refusal ?? res.statusCode)
    },
  }
}
