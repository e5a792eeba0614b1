import { returnPrefix, works } from './callback-channel.ts'
import { RoambiAuthError } from './errors.ts'
import type { LoginDisplay } from './login-attempt.ts'

export interface RedirectEdges {
  readonly navigate?: ((url: string) => void) | undefined
}

/** A sign-in in place of the page. The app that is loaded at `returnTo` afterwards finishes it. */
export function createRedirect(
  { navigate = (url) => location.assign(url) }: RedirectEdges,
  returnTo: string,
): LoginDisplay {
  let key = ''
  return {
    status: 'redirecting',
    isShown: true,
    focus() {},
    close() {
      works(() => sessionStorage.removeItem(key))
    },
    async show(url, { state, end, leave }, stored) {
      try {
        // Waited for, since this page and all that it remembers goes.
        await stored
        if (end.aborted) return
        key = returnPrefix + state
        sessionStorage.setItem(key, returnTo)
      } catch (cause) {
        throw new RoambiAuthError('storage_failed', 'The browser keeps nothing.', { cause })
      }
      // Who goes back in the history may go forward again.
      addEventListener('pageshow', ({ persisted }) => persisted && leave(), { signal: end })
      navigate(url)
    },
  }
}
