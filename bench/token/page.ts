import { createRoambi } from '@roambi-auth/browser'
import { handleCallback } from '@roambi-auth/browser/callback'

/** Where the provider is; written into the page when it is built. */
declare const serverUrl: string

const roambi = createRoambi({ clientId: 'app', proxyUrl: serverUrl })
if (location.pathname === '/') roambi.subscribe(() => {})
else handleCallback()

const harness = {
  signIn: () => roambi.login({ display: 'redirect' }),
  token: () => roambi.getAccessToken(),

  /** In ns for each call, one after another: of ours, and of a promise that is resolved already. */
  async fresh(calls: number) {
    const resolved = Promise.resolve(await roambi.getAccessToken())
    const ours = await timeOf(calls, () => roambi.getAccessToken())
    const promise = await timeOf(calls, () => resolved)
    return { ours, promise }
  },

  /** In ms, from a client that knows nothing yet to its first token. */
  async cold() {
    const client = createRoambi({ clientId: 'app', proxyUrl: serverUrl })
    const began = performance.now()
    await client.getAccessToken()
    const took = performance.now() - began
    client.dispose()
    return took
  },

  /** In ms: opens the same database and reads the same record, with nothing around it. */
  async bare() {
    const [{ name = '' } = {}] = await indexedDB.databases()
    const began = performance.now()
    const database = await result(indexedDB.open(name))
    const [store = ''] = database.objectStoreNames
    await result(database.transaction(store).objectStore(store).getAll())
    const took = performance.now() - began
    database.close()
    return took
  },
}
Object.assign(globalThis, { harness })

async function timeOf(calls: number, call: () => Promise<string>): Promise<number> {
  const began = performance.now()
  for (let made = 0; made < calls; made += 1) await call()
  return ((performance.now() - began) * 1e6) / calls
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
