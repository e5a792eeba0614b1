import ky, { type KyInstance } from 'ky'
import { RoambiAuthError } from './errors.ts'

export interface ApiOptions {
  readonly apiUrl: string
  /** Sends the token, and sends again what may be: see `createSignedFetch`. */
  readonly fetch: typeof fetch
}

/**
 * A ky instance based at `apiUrl`. It keeps a copy of each body until the answer, also of a stream:
 * what is too large for that goes through `fetch` itself.
 */
export function createApi({ apiUrl, fetch }: ApiOptions): KyInstance {
  return ky.create({
    prefixUrl: apiUrl,
    fetch,
    // Three waits of half a minute, and half a minute for a renewal and the answers.
    timeout: 120_000,
    retry: {
      // Not 502, 503 and 504, which `fetch` has tried four times.
      statusCodes: [408, 429, 500],
      maxRetryAfter: 30_000,
      shouldRetry: ({ error }) => (error instanceof RoambiAuthError ? false : undefined),
    },
  })
}
