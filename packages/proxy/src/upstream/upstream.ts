import { Pool } from 'undici'
import type { CheckedOptions } from '../options.ts'
import { codeOf, failureOf, type UpstreamFailure } from './upstream-failure.ts'

export type UpstreamOutcome = UpstreamAnswer | NoAnswer

export interface UpstreamAnswer {
  readonly status: number
  readonly retryAfter?: string | undefined
  readonly text: string
}

export interface NoAnswer {
  readonly failure: UpstreamFailure
  readonly code?: string | undefined
}

/** What Roambi is asked; its members have the names of the wire. */
export interface GrantRequest {
  readonly grant_type: 'authorization_code' | 'refresh_token'
  readonly code: string
  readonly redirect_uri: string
  readonly refresh_token?: string
}

/** The upstream's token endpoint. */
export interface Upstream {
  /** Posts the form once. Never rejects, and never follows a redirect: it would carry the secret on. */
  ask(form: URLSearchParams, signal: AbortSignal): Promise<UpstreamOutcome>
  close(): Promise<void>
}

export function createUpstream({
  apiUrl,
  timeouts,
  maxConcurrent,
}: Pick<CheckedOptions, 'apiUrl' | 'timeouts' | 'maxConcurrent'>): Upstream {
  const { origin, pathname } = new URL(`${apiUrl}/token`)
  const pool = new Pool(origin, {
    connections: 64,
    // One connection for each request: an idle one that Roambi closes just then would take the code
    // or the refresh token with it, and nobody could say whether it was spent.
    pipelining: 0,
    connect: { timeout: timeouts.connect },
    headersTimeout: timeouts.token,
    bodyTimeout: timeouts.token,
    maxResponseSize: 64 * 1024,
  })
  let underWay = 0

  return {
    async ask(form, signal) {
      // What is asked for those who have hung up goes on, and has no place among the requests.
      if (underWay >= maxConcurrent) return { failure: 'overloaded' }
      underWay += 1
      try {
        const { statusCode, headers, body } = await pool.request({
          method: 'POST',
          path: pathname,
          headers: {
            accept: 'application/json',
            'accept-encoding': 'identity',
            'content-type': 'application/x-www-form-urlencoded',
          },
          body: form.toString(),
          signal,
        })
        const retryAfter = headers['retry-after']?.toString()
        return { status: statusCode, retryAfter, text: await body.text() }
      } catch (error) {
        return { failure: failureOf(error), code: codeOf(error) }
      } finally {
        underWay -= 1
      }
    },
    // By then nobody is left to answer.
    close: () => pool.destroy(),
  }
}
