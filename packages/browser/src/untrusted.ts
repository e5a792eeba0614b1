// What comes off the wire or out of a store may be anything.

export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** Whether it is a string with something in it. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
