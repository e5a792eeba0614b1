// The one thing that the app and its callback page must agree on. A BroadcastChannel, because
// `window.opener` is gone as soon as any page on the way sends a COOP header.

/** In the app: waits for the callback page's URL, and tells that page that it has arrived. */
export async function receiveCallback(state: string, signal: AbortSignal): Promise<string> {
  const channel = openChannel(state)
  return new Promise<string>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    channel.addEventListener('message', ({ data }) => {
      if (typeof data?.callbackUrl !== 'string') return
      channel.postMessage({ received: true })
      resolve(data.callbackUrl)
    })
  }).finally(() => channel.close())
}

/** In the callback page: hands its URL over; `false` when nobody took it within `patience` ms. */
export async function deliverCallback(
  callbackUrl: string,
  state: string,
  patience: number,
): Promise<boolean> {
  const channel = openChannel(state)
  return new Promise<boolean>((resolve) => {
    const timer = setTimeout(resolve, patience, false)
    channel.addEventListener('message', ({ data }) => {
      if (data?.received !== true) return
      clearTimeout(timer)
      resolve(true)
    })
    channel.postMessage({ callbackUrl })
  }).finally(() => channel.close())
}

// `state` is secret to this login, so no other login and no other page listens under this name.
function openChannel(state: string): BroadcastChannel {
  return new BroadcastChannel(`roambi-auth callback ${state}`)
}
