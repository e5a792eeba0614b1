/** A query or a form body as text values; a parameter sent twice counts with its last value. */
export type Parameters = Readonly<Record<string, string>>

export function parseParameters(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text))
}
