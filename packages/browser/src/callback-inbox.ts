import {
  type CallbackReceipt,
  channelName,
  mailboxLifetime,
  mailboxPrefix,
  works,
} from './callback-channel.ts'
import type { Clock } from './clock.ts'
import { asRecord, isTime } from './untrusted.ts'

/** What a callback page was opened with: the answer to the authorization request with `state`. */
export interface CallbackAnswer {
  readonly state: string
  readonly callbackUrl: string
  /** In ms since 1970. */
  readonly sentAt: number
  /** Tells the callback page that it is taken, so that it closes. */
  acknowledge(): void
}

/** Where the answers arrive, those to sign-ins of other tabs and of other apps as well. */
export interface CallbackInbox {
  /** Gives `take` each answer from now on, on each way that it comes: often more than once. */
  listen(take: (answer: CallbackAnswer) => void): void
  /** The answers that wait for an app which was not there, at most two minutes old. */
  left(): CallbackAnswer[]
}

export interface CallbackInboxOptions {
  readonly clock: Clock
  /** When it aborts, nothing is heard any more. */
  readonly life: AbortSignal
}

/** Opens nothing until it is asked to listen. */
export function createCallbackInbox({ clock, life }: CallbackInboxOptions): CallbackInbox {
  let channel: BroadcastChannel | undefined

  /**
   * Any script of the origin can say anything: what is no answer is `undefined`, and not looked at
   * further. Whether it answers what was asked is judged later.
   */
  function read(json: unknown, source?: MessageEventSource | null): CallbackAnswer | undefined {
    try {
      const { callbackUrl, sentAt } = asRecord(JSON.parse(json as string))
      const { href, origin, searchParams } = new URL(callbackUrl as string)
      const state = searchParams.get('state')
      if (!state || origin !== location.origin || !isTime(sentAt)) return undefined
      const acknowledge = () => {
        const receipt: CallbackReceipt = { received: state }
        works(() => channel?.postMessage(receipt))
        works(() => source?.postMessage(receipt, { targetOrigin: location.origin }))
        eachMailbox((storage) => storage.removeItem(mailboxPrefix + state))
      }
      return { state, callbackUrl: href, sentAt, acknowledge }
    } catch {
      return undefined
    }
  }

  return {
    listen(take) {
      if (life.aborted) return
      const hear = (json: unknown, source?: MessageEventSource | null) => {
        const answer = read(json, source)
        if (answer) take(answer)
      }
      works(() => {
        const opened = new BroadcastChannel(channelName)
        opened.onmessage = ({ data }) => hear(data)
        life.addEventListener('abort', () => opened.close())
        channel = opened
      })
      const onMessage = ({ origin, data, source }: MessageEvent) => {
        if (origin === location.origin) hear(data, source)
      }
      const onStorage = ({ key, newValue }: StorageEvent) => {
        if (isMail(key)) hear(newValue)
      }
      addEventListener('message', onMessage, { signal: life })
      addEventListener('storage', onStorage, { signal: life })
    },

    left() {
      const found: CallbackAnswer[] = []
      eachMailbox((storage) => {
        for (const key of Object.keys(storage).filter(isMail)) {
          const answer = read(storage.getItem(key))
          const isFresh = answer && Math.abs(clock.now() - answer.sentAt) <= mailboxLifetime
          if (isFresh) found.push(answer)
          else storage.removeItem(key)
        }
      })
      return found
    },
  }
}

// The mere look at a forbidden storage throws.
function eachMailbox(use: (storage: Storage) => void): void {
  works(() => use(sessionStorage))
  works(() => use(localStorage))
}

function isMail(key: string | null): boolean {
  return !!key?.startsWith(mailboxPrefix)
}
