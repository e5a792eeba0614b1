// The same page for each library: what the browser is told to do with it.

export interface Client {
  /** Leaves the page. */
  signIn(): Promise<unknown>
  /** On the callback page, which it leaves. */
  signedIn(): Promise<unknown>
  /** As an app asks for it before each request. */
  token(): Promise<string | undefined>
}

export interface Harness extends Client {
  /** Lets so many callers ask at a moment, in ms since 1970, and tells how many got a new token. */
  callAt(moment: number, callers: number): Promise<number>
}

declare global {
  /** Where the provider is; written into the page when it is built. */
  const serverUrl: string
  var harness: Harness
}

export async function serve(client: Client): Promise<void> {
  globalThis.harness = {
    ...client,
    async callAt(moment, callers) {
      const old = await client.token()
      await new Promise((resolve) => setTimeout(resolve, moment - Date.now()))
      const calls = Array.from({ length: callers }, () => client.token())
      const ends = await Promise.allSettled(calls)
      const tokens = ends.map((end) => end.status === 'fulfilled' && end.value)
      return tokens.filter((token) => token && token !== old).length
    },
  }
  if (location.pathname === '/callback.html') await client.signedIn()
}

export const goHome = () => location.replace('/')

export const redirectUri = `${location.origin}/callback.html`
