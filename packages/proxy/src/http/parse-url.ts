/**
 * `undefined` where it is none. For what was received, `URL.canParse` is no help: on Node 20 it reads
 * characters beyond ASCII otherwise than the constructor, which then throws.
 */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
