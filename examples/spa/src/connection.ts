import type { Snapshot } from '@roambi-auth/browser'
import { element } from './element.ts'

/** What a user must know while the device has no network, for as long as that is so. */
export interface Connection {
  show(snapshot: Snapshot): void
}

/** `onReturn` is called each time that the network is back. */
export function createConnection(onReturn: () => void): Connection {
  const place = element('offline', HTMLElement)
  let isSignedIn = false

  function update(): void {
    const next = navigator.onLine ? '' : isSignedIn ? sentences.signedIn : sentences.signedOut
    // Said again, it would be read out again.
    if (place.textContent !== next) place.textContent = next
  }

  addEventListener('offline', update)
  addEventListener('online', () => {
    update()
    onReturn()
  })

  return {
    show({ session }) {
      isSignedIn = session !== null
      update()
    },
  }
}

const sentences = {
  signedIn:
    'You are offline. You stay signed in, and this page goes on by itself when the connection is back.',
  signedOut: 'You are offline. Sign in when the connection is back.',
}
