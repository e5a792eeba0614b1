/** What `begin` gives, unless `signal` comes first: the caller leaves, and the work goes on. */
export function unlessAborted<T>(
  signal: AbortSignal | undefined,
  begin: () => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const leave = () => reject(signal?.reason)
    signal?.addEventListener('abort', leave)
    begin()
      .then(resolve, reject)
      .finally(() => signal?.removeEventListener('abort', leave))
  })
}
