// What the key of a sign-in is good for, at the real proxy.

import { describe, expect, it } from 'vitest'
import { createDpopKey, thumbprintOf } from '../src/dpop-key.ts'
import { createDpopPost } from '../src/dpop-post.ts'
import { nameOfUser, renew, useBackend } from './backend.ts'
import { memoryStore } from './memory-store.ts'
import { userAnswers } from './popup.ts'
import { type Proof, readProof } from './proof.ts'

const backend = useBackend()

/** A `fetch` that notes the proofs that it sends. */
function notingFetch() {
  const proofs: Proof[] = []
  const notingFetch: typeof fetch = (...request) => {
    const proof = new Request(...request).headers.get('dpop')
    if (proof) proofs.push(readProof(proof))
    return fetch(...request)
  }
  return { fetch: notingFetch, proofs }
}

describe('the key of a sign-in', () => {
  it('is announced to the proxy, kept in IndexedDB, and proves every request', async () => {
    const { fetch, proofs } = notingFetch()
    const visited = userAnswers(() => ({ code: backend.sandbox.issueCode() }))
    await backend.openTab({ fetch }).login()
    await renew(backend.openTab({ fetch }))
    const { dpopKey } = await backend.stored()
    expect(dpopKey.privateKey.extractable).toBe(false)
    const thumbprint = await thumbprintOf(dpopKey)
    expect(visited.map(({ searchParams }) => searchParams.get('dpop_jkt'))).toEqual([thumbprint])
    expect(new Set(proofs.map((proof) => proof.thumbprint))).toEqual(new Set([thumbprint]))
  })

  it('is another one at the next sign-in', async () => {
    const thumbprints = new Set<string>()
    for (let round = 0; round < 2; round++) {
      await backend.signIn(backend.openTab())
      thumbprints.add(await thumbprintOf((await backend.stored()).dpopKey))
    }
    expect(thumbprints.size).toBe(2)
  })

  it('signs with a nonce that the proxy is asked for once', async () => {
    const { fetch, proofs } = notingFetch()
    const roambi = backend.openTab({ fetch })
    await backend.signIn(roambi)
    for (let round = 0; round < 3; round++) await renew(roambi)
    const isWithNonce = proofs.map(({ claims }) => claims.nonce !== undefined)
    expect(isWithNonce).toEqual([false, true, true, true, true])
    expect(backend.sent()).toEqual(['authorization_code', ...Array(3).fill('refresh_token')])
  })
})

it('a code and its verifier are worth nothing with another key, which spends nothing', async () => {
  const key = await createDpopKey()
  const answers: string[] = []
  const robbed = backend.openTab({
    async fetch(...request) {
      const { url } = new Request(...request)
      const form = Object.fromEntries(new URLSearchParams(await new Request(...request).text()))
      const { text } = await createDpopPost({ url, fetch })(form, key)
      answers.push(JSON.parse(text).error)
      return fetch(...request)
    },
  })
  await backend.signIn(robbed)
  // Once for each request of the login: without, and with the nonce.
  expect(answers).toEqual(['invalid_grant', 'invalid_grant'])
})

it('a refresh token is worth nothing with another key, and does not get to Roambi', async () => {
  const roambi = backend.openTab()
  await backend.signIn(roambi)
  const session = { ...(await backend.stored()), dpopKey: await createDpopKey() }
  const loot = { ...(await backend.storedRecord()), session }
  const thief = backend.openTab({ store: memoryStore(loot) })
  await expect(renew(thief)).rejects.toMatchObject({ code: 'session_expired' })
  expect(backend.sent()).toEqual(['authorization_code'])
  await renew(roambi)
})

it('an answer that got lost is given again, though Roambi has rotated its refresh token', async () => {
  backend.sandbox.set({ rotation: 'strict' })
  await backend.signIn(backend.openTab())
  const before = await backend.stored()
  const losing: typeof fetch = async (...request) => {
    const response = await fetch(...request)
    if (response.ok) throw new TypeError('Failed to fetch')
    return response
  }
  const unlucky = renew(backend.openTab({ fetch: losing }))
  await expect(unlucky).rejects.toMatchObject({ code: 'network_error', retryable: true })
  expect(await backend.stored()).toEqual(before)

  const roambi = backend.openTab()
  await renew(roambi)
  expect(backend.sent()).toEqual(['authorization_code', 'refresh_token'])
  await renew(roambi)
  expect(await nameOfUser(roambi)).toBe('Joan Harris')
})
