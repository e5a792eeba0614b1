import type { Tab } from './engine.ts'

/** What a script in the page can do with the one private key that the page has stored. */
export interface StoredKeyUse {
  readonly extractable: boolean
  /** The names of the errors for each format of export; the key itself where there is none. */
  readonly exports: readonly unknown[]
  readonly signatureIsGood: boolean
  /** The public half. */
  readonly x: string
}

/** Fails unless IndexedDB holds one pair of keys, wherever in its records. */
export function useStoredKey(tab: Tab): Promise<StoredKeyUse> {
  // Text, since it would be rewritten for Node on its way into the page.
  return tab.evaluate(`(async () => {
    const done = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
    const keysIn = (value) =>
      value instanceof CryptoKey ? [value]
        : value && typeof value === 'object' ? Object.values(value).flatMap(keysIn)
        : []

    const keys = []
    for (const { name } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name))
      for (const store of database.objectStoreNames) {
        const records = await done(database.transaction(store).objectStore(store).getAll())
        keys.push(...keysIn(records))
      }
      database.close()
    }
    const [privateKey, ...privates] = keys.filter(({ type }) => type === 'private')
    const [publicKey, ...publics] = keys.filter(({ type }) => type === 'public')
    if (!privateKey || !publicKey || privates.length + publics.length > 0) {
      throw new Error('Stored keys: ' + keys.map(({ type }) => type).join())
    }

    const exporting = ['jwk', 'pkcs8'].map((format) =>
      crypto.subtle.exportKey(format, privateKey).catch(({ name }) => name))
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
    const data = new TextEncoder().encode('anything')
    const signature = await crypto.subtle.sign(algorithm, privateKey, data)
    return {
      extractable: privateKey.extractable,
      exports: await Promise.all(exporting),
      signatureIsGood: await crypto.subtle.verify(algorithm, publicKey, signature, data),
      x: (await crypto.subtle.exportKey('jwk', publicKey)).x,
    }
  })()`)
}
