import { createDpopProof } from './dpop-key.ts'
import { RoambiAuthError } from './errors.ts'
import { type Answer, refusesProof } from './token-answer.ts'
import { unlessAborted } from './unless-aborted.ts'

/** Sends a form to the token endpoint, with a DPoP proof (RFC 9449 section 5), and gives its answer. */
export type DpopPost = (form: Record<string, string>, key: CryptoKeyPair) => Promise<Answer>

export interface DpopPostOptions {
  readonly url: string
  readonly fetch: typeof fetch
}

/**
 * For all that goes to the proxy. A redirect would carry codes and tokens on to where they do not
 * belong; cookies have no business there.
 */
export const strict = { credentials: 'omit', redirect: 'error' } as const

/** Longer than the proxy waits for Roambi, so that its answer is not missed; in ms. */
const timeout = 15_000

export function createDpopPost({ url, fetch }: DpopPostOptions): DpopPost {
  let nonce: string | undefined

  async function send(form: Record<string, string>, key: CryptoKeyPair, signal: AbortSignal) {
    const headers = { dpop: await createDpopProof(key, url, nonce) }
    const body = new URLSearchParams(form)
    try {
      const init = { method: 'POST', headers, body, signal, ...strict } as const
      // A `fetch` of the app's may not look at the signal.
      const response = await unlessAborted(signal, () => fetch(url, init))
      const givenNonce = response.headers.get('dpop-nonce') ?? undefined
      nonce = givenNonce ?? nonce
      const retryAfter = inMs(response.headers.get('retry-after'))
      return { givenNonce, retryAfter, status: response.status, text: await response.text() }
    } catch (cause) {
      const message = 'The proxy did not answer.'
      throw new RoambiAuthError('network_error', message, { retryable: true, cause })
    }
  }

  return async function post(form, key) {
    // One limit for both requests: other tabs wait for this one.
    const signal = AbortSignal.timeout(timeout)
    const first = await send(form, key, signal)
    if (!refusesProof(first.status, first.text, first.givenNonce)) return first
    // Only here a grant is sent again: the server says that it has looked at the proof alone.
    return send(form, key, signal)
  }
}

// The proxy sends seconds; a date would be of its clock, which is not ours.
function inMs(retryAfter: string | null): number | undefined {
  return retryAfter && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) * 1000 : undefined
}
