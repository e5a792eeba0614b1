import 'fake-indexeddb/auto'
import { describe, expect, it, vi } from 'vitest'
import { createDpopKey, createDpopProof, isDpopKey, thumbprintOf } from '../src/dpop-key.ts'
import { createIndexedDbStore } from '../src/session-store.ts'
import { readProof } from './proof.ts'

const url = 'https://auth.example.com/1/token'

describe('a DPoP key', async () => {
  const key = await createDpopKey()

  it.each(['jwk', 'pkcs8', 'raw'] as const)(
    'gives its private half to nobody: %s',
    async (form) => {
      expect(key.privateKey.extractable).toBe(false)
      const refused = crypto.subtle.exportKey(form, key.privateKey)
      await expect(refused).rejects.toThrow('not extractable')
    },
  )

  it('signs a proof for one address, with a fresh id each time', async () => {
    const proofs = await Promise.all([
      createDpopProof(key, url, 'nonce-1'),
      createDpopProof(key, url, undefined),
    ])
    const [first, second] = proofs.map(readProof)
    expect(first?.header).toMatchObject({ typ: 'dpop+jwt', alg: 'ES256' })
    expect(first?.header.jwk).not.toHaveProperty('d')
    expect(first?.claims).toMatchObject({ htm: 'POST', htu: url, nonce: 'nonce-1' })
    expect(second?.claims).not.toHaveProperty('nonce')
    expect(second?.claims.jti).not.toBe(first?.claims.jti)
  })

  it('has the thumbprint of the key that signs', async () => {
    const { thumbprint } = readProof(await createDpopProof(key, url, undefined))
    expect(await thumbprintOf(key)).toBe(thumbprint)
  })

  it('signs as before when it comes out of IndexedDB', async () => {
    const store = createIndexedDbStore('key')
    await store.update(() => key)
    const kept = await store.read()
    if (!isDpopKey(kept)) throw new Error('It has not been kept.')
    expect(kept.privateKey).not.toBe(key.privateKey)
    expect(kept.privateKey.extractable).toBe(false)
    const { thumbprint } = readProof(await createDpopProof(kept, url, undefined))
    expect(thumbprint).toBe(await thumbprintOf(key))
  })

  it('is known from anything else', async () => {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
    const open = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
    const { privateKey, publicKey } = key
    const jwk = await crypto.subtle.exportKey('jwk', publicKey)
    const closed = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['verify'])
    expect(isDpopKey({ privateKey, publicKey })).toBe(true)
    const strangers = [
      undefined,
      privateKey,
      JSON.parse(JSON.stringify(key)),
      { privateKey },
      { publicKey },
      { privateKey: publicKey, publicKey },
      { privateKey: closed, publicKey },
      { privateKey, publicKey: privateKey },
      { privateKey, publicKey: closed },
      { privateKey, publicKey: open.privateKey },
      { privateKey: open.privateKey, publicKey },
    ]
    expect(strangers.filter(isDpopKey)).toEqual([])
  })

  it('is none on a page that has no keys', () => {
    vi.stubGlobal('CryptoKey', undefined)
    expect(isDpopKey(key)).toBe(false)
    vi.unstubAllGlobals()
  })
})
