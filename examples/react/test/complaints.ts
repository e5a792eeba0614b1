import type { BrowserContext } from 'playwright-core'

/**
 * What any page of this browser complains about from now on: errors and warnings in the console, and
 * errors that nobody has caught.
 */
export function noteComplaints(context: BrowserContext): string[] {
  const complaints: string[] = []
  context.on('weberror', (error) => complaints.push(String(error.error())))
  context.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return
    // How a page gets the proxy's first nonce (RFC 9449 section 8).
    const isNonce = message.location().url.endsWith('/1/token') && /\b400\b/.test(message.text())
    if (!isNonce) complaints.push(message.text())
  })
  return complaints
}
