// What a user and their browser do in the popup.

import { get, type IncomingMessage } from 'node:http'
import { vi } from 'vitest'
import { deliverCallback } from '../src/callback-delivery.ts'
import { systemClock } from '../src/clock.ts'

/** The app's callback page. */
export const redirectUri = 'http://localhost:5173/callback.html'

/**
 * Puts a user in front of the popup, who answers Roambi's dialog with `answer`'s query. The callback
 * page hands over its address as `changed` leaves it. Gives what the popup is sent to.
 */
export function userAnswers(
  answer: () => Record<string, string>,
  changed = (_callbackUrl: URL) => {},
): URL[] {
  const visited: URL[] = []
  const popup = {
    closed: false,
    focus() {},
    close() {
      popup.closed = true
    },
    location: {
      async replace(address: string) {
        visited.push(new URL(address))
        const callbackUrl = await walk(new URL(address), answer)
        const state = callbackUrl.searchParams.get('state') ?? ''
        changed(callbackUrl)
        popup.closed = await deliverCallback(callbackUrl.href, state, systemClock)
      },
    },
  }
  vi.spyOn(globalThis, 'open').mockImplementation(() => popup as unknown as Window)
  return visited
}

/** From where the app sends the popup, through the proxy and Roambi's dialog, to the callback page. */
async function walk(address: URL, answer: () => Record<string, string>): Promise<URL> {
  const cookies = new Map<string, string>()
  let url = address
  while (url.origin + url.pathname !== redirectUri) {
    const { statusCode, headers } = await visit(url, cookies)
    if (headers.location) url = new URL(headers.location, url)
    else if (statusCode === 200) url = answered(url, answer())
    else throw new Error(`The popup shows an error page: ${statusCode}`)
  }
  return url
}

// Not by `fetch`, which hides redirects and cookies from the page that it belongs to.
async function visit(url: URL, cookies: Map<string, string>): Promise<IncomingMessage> {
  const cookie = [...cookies].map((pair) => pair.join('=')).join('; ')
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers: { cookie } }, resolve).on('error', reject)
  })
  response.resume()
  for (const line of response.headers['set-cookie'] ?? []) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    cookies.set(name, value)
  }
  return response
}

/** Where Roambi redirects to once the user has answered its dialog. */
function answered({ searchParams }: URL, answer: Record<string, string>): URL {
  const url = new URL(searchParams.get('redirect_uri') ?? '')
  url.search = String(new URLSearchParams({ ...answer, state: searchParams.get('state') ?? '' }))
  return url
}
