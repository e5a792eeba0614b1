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
    const line = `${message.text()} ${message.location().url}`
    if (!expected.some((each) => each.test(line))) complaints.push(line)
  })
  return complaints
}

const expected = [
  // How a page gets the proxy's first nonce (RFC 9449 section 8).
  /status of 400 .*\/1\/token$/,
  // Signing out asks for a revocation, which a proxy without Redis does not have.
  /status of 404 .*\/1\/revoke$/,
]
