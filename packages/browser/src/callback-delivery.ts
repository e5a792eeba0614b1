import {
  callbackMessage,
  channelName,
  mailboxLifetime,
  mailboxPrefix,
  works,
} from './callback-channel.ts'
import type { Clock } from './clock.ts'

/**
 * Hands the callback page's URL to the app, on every way there is: `window.opener` is gone as soon as
 * any page on the way has sent a COOP header, and a storage event tells where BroadcastChannel is
 * missing. What is in the storage for that stays, as in a mailbox, until somebody takes it.
 *
 * Gives `true` once the app has it; `false` after two minutes, when nobody can have it any more.
 */
export async function deliverCallback(
  callbackUrl: string,
  state: string,
  clock: Clock,
): Promise<boolean> {
  const mailbox = mailboxPrefix + state
  const message = callbackMessage(callbackUrl, clock.now())
  const over = new AbortController()
  const { signal } = over

  const isTaken = await new Promise<boolean>((resolve) => {
    const hear = ({ data }: MessageEvent) => data?.received === state && resolve(true)
    const onMessage = (event: MessageEvent) => event.origin === location.origin && hear(event)
    // The app takes it out.
    const onStorage = ({ key, newValue }: StorageEvent) =>
      key === mailbox && newValue === null && resolve(true)
    signal.addEventListener(
      'abort',
      clock.after(mailboxLifetime, () => resolve(false)),
    )
    addEventListener('message', onMessage, { signal })
    addEventListener('storage', onStorage, { signal })
    works(() => localStorage.setItem(mailbox, message))
    works(() => {
      const channel = new BroadcastChannel(channelName)
      channel.onmessage = hear
      signal.addEventListener('abort', () => channel.close())
      channel.postMessage(message)
    })
    works(() => opener?.postMessage(message, location.origin))
  })
  over.abort()
  works(() => localStorage.removeItem(mailbox))
  return isTaken
}
