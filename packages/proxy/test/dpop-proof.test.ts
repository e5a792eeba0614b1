import {
  calculateJwkThumbprint,
  exportJWK,
  type GenerateKeyPairResult,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createMemory } from '../src/memory/memory.ts'
import { createKeyRing, randomSealingKey } from '../src/sealing/sealing-keys.ts'
import { createNonces } from '../src/token/dpop-nonce.ts'
import { createProofCheck } from '../src/token/dpop-proof.ts'
import { tokenUrl } from './app.ts'

const [key1, key2] = [randomSealingKey(), randomSealingKey()]
const nonces = createNonces(createKeyRing([key1]))
const check = createProofCheck(tokenUrl, nonces, createMemory())

let pair: GenerateKeyPairResult
let jwk: JWK
beforeAll(async () => {
  pair = await generateKeyPair('ES256', { extractable: true })
  jwk = await exportJWK(pair.publicKey)
})

interface Changes {
  claims?: Record<string, unknown>
  header?: Partial<JWTHeaderParameters>
  key?: Parameters<SignJWT['sign']>[0]
}

function prove({ claims = {}, header = {}, key = pair.privateKey }: Changes = {}): Promise<string> {
  const { iat = Math.floor(Date.now() / 1000), ...others } = claims
  return new SignJWT({
    jti: crypto.randomUUID(),
    htm: 'POST',
    htu: tokenUrl,
    nonce: nonces.current(),
    iat: iat as number,
    ...others,
  })
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk, ...header })
    .sign(key)
}

const refusal = (code: string) => expect.objectContaining({ name: 'OAuthError', code, status: 400 })
const expectRefused = async (proof: string, code = 'invalid_dpop_proof') => {
  await expect(check(proof)).rejects.toEqual(refusal(code))
}

describe('a proof', () => {
  test('that is right tells the thumbprint of its key', async () => {
    const proof = await check(await prove())
    expect(proof?.jkt).toBe(await calculateJwkThumbprint(jwk))
  })

  test('may be left out: what that means, others say', async () => {
    expect(await check(undefined)).toBeUndefined()
  })

  test('can be used once', async () => {
    const text = await prove({ claims: { jti: 'used-before' } })
    const [one, two] = [await check(text), await check(text)]
    await one?.claim()
    await expect(two?.claim()).rejects.toEqual(refusal('invalid_dpop_proof'))
    const again = await check(await prove({ claims: { jti: 'used-before' } }))
    await expect(again?.claim()).rejects.toEqual(refusal('invalid_dpop_proof'))
  })

  test('does not use up the jti of another key', async () => {
    const text = await prove({ claims: { jti: 'of-two-keys' } })
    await (await check(text))?.claim()
    const other = await generateKeyPair('ES256')
    const header = { jwk: await exportJWK(other.publicKey) }
    const proof = await check(
      await prove({ claims: { jti: 'of-two-keys' }, header, key: other.privateKey }),
    )
    await proof?.claim()
  })

  test('of one key is remembered no more than 200 times, lest the key take the place of others', async () => {
    const other = await generateKeyPair('ES256')
    const header = { jwk: await exportJWK(other.publicKey) }
    const claimOnce = async () =>
      await (await check(await prove({ header, key: other.privateKey })))?.claim()
    for (let count = 0; count < 200; count++) await claimOnce()
    await expect(claimOnce()).rejects.toMatchObject({
      code: 'temporarily_unavailable',
      status: 429,
    })
    await (await check(await prove()))?.claim()
  })

  test.each([
    `${tokenUrl}?x=1`,
    `${tokenUrl}#x`,
    tokenUrl.replace('https://auth', 'HTTPS://AUTH'),
    tokenUrl.replace('.com/', '.com:443/'),
  ])('is for the same URL: %s', async (htu) => {
    expect(await check(await prove({ claims: { htu } }))).toBeDefined()
  })

  test.each([0, -86_400, 86_400])('may come from a clock that is %i s off', async (distance) => {
    const iat = Math.floor(Date.now() / 1000) + distance
    expect(await check(await prove({ claims: { iat } }))).toBeDefined()
  })
})

describe('refused is a proof', () => {
  test.each<[string, Record<string, unknown>]>([
    ['for another method', { htm: 'GET' }],
    ['for a method in lower case', { htm: 'post' }],
    ['for no method', { htm: undefined }],
    ['for another path', { htu: `${tokenUrl}/` }],
    ['for a path in upper case', { htu: tokenUrl.replace('token', 'Token') }],
    ['for another host', { htu: tokenUrl.replace('auth.', 'auth2.') }],
    ['for http', { htu: tokenUrl.replace('https', 'http') }],
    ['for a path alone', { htu: '/1/token' }],
    ['for no URL', { htu: undefined }],
    ['for a URL that is a number', { htu: 1 }],
    ['without jti', { jti: undefined }],
    ['with an empty jti', { jti: '' }],
    ['with an endless jti', { jti: 'j'.repeat(257) }],
    ['with a number as jti', { jti: 1 }],
    ['with a text as iat', { iat: 'now' }],
    ['that says itself that it is over', { exp: 1 }],
  ])('%s', async (_name, claims) => {
    await expectRefused(await prove({ claims }))
  })

  test('without iat', async () => {
    const text = await new SignJWT({
      jti: 'j',
      htm: 'POST',
      htu: tokenUrl,
      nonce: nonces.current(),
    })
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
      .sign(pair.privateKey)
    await expectRefused(text)
  })

  test.each<[string, Partial<JWTHeaderParameters>]>([
    ['of another type', { typ: 'JWT' }],
    ['without type', { typ: undefined } as never],
    ['without key', { jwk: undefined } as never],
    ['with a key that is none', { jwk: {} } as never],
  ])('%s', async (_name, header) => {
    await expectRefused(await prove({ header }))
  })

  test('with the private key in its header', async () => {
    await expectRefused(await prove({ header: { jwk: await exportJWK(pair.privateKey) } }))
  })

  test('that was signed with another key', async () => {
    await expectRefused(await prove({ key: (await generateKeyPair('ES256')).privateKey }))
  })

  test('with a symmetric key', async () => {
    const secret = new Uint8Array(32)
    const k = Buffer.from(secret).toString('base64url')
    await expectRefused(
      await prove({ header: { alg: 'HS256', jwk: { kty: 'oct', k } as JWK }, key: secret }),
    )
  })

  test('that was signed with its public key as a secret', async () => {
    const secret = new TextEncoder().encode(JSON.stringify(jwk))
    await expectRefused(await prove({ header: { alg: 'HS256' }, key: secret }))
  })

  test.each(['RS256', 'PS256', 'ES384', 'Ed25519'])('with %s', async (alg) => {
    const other = await generateKeyPair(alg)
    const header = { alg, jwk: await exportJWK(other.publicKey) }
    await expectRefused(await prove({ header, key: other.privateKey }))
  })

  test('without signature', async () => {
    await expectRefused(unsigned({ alg: 'none' }))
    const [head, body] = (await prove()).split('.')
    await expectRefused(`${head}.${body}.`)
  })

  test.each(['', 'a', 'a.b.c', '..', 'eyJ.eyJ.eyJ', '💥'])('that is none: %j', async (text) => {
    await expectRefused(text)
  })

  test('that comes with another one', async () => {
    await expectRefused(`${await prove()}, ${await prove()}`)
  })

  function unsigned(header: object): string {
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
    const claims = { jti: 'j', htm: 'POST', htu: tokenUrl, iat: 1, nonce: nonces.current() }
    return `${encode({ typ: 'dpop+jwt', alg: 'ES256', jwk, ...header })}.${encode(claims)}.AA`
  }
})

describe('a nonce', () => {
  test.each<[string, unknown]>([
    ['none', undefined],
    ['an empty one', ''],
    ['a number', 1],
    ['one of somebody else', createNonces(createKeyRing([key2])).current()],
  ])('must be one that was given out: %s', async (_name, nonce) => {
    const proof = await prove({ claims: { nonce } })
    await expect(check(proof)).rejects.toMatchObject({
      code: 'use_dpop_nonce',
      headers: { 'dpop-nonce': nonces.current() },
    })
  })

  test('is asked for only when all else is right', async () => {
    await expectRefused(await prove({ claims: { nonce: undefined, htm: 'GET' } }))
  })

  test('serves for four minutes and no longer than five', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    for (const second of [0, 59]) {
      const start = Date.UTC(2026, 0, 1, 0, 0, second)
      vi.setSystemTime(start)
      const nonce = nonces.current()
      vi.setSystemTime(start + 240_000)
      expect(nonces.accepts(nonce)).toBe(true)
      vi.setSystemTime(start + 300_000)
      expect(nonces.accepts(nonce)).toBe(false)
    }
  })

  test('changes with each minute, and with the key', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const texts = [0, 1, 2].map((minute) => {
      vi.setSystemTime(minute * 60_000)
      return nonces.current()
    })
    expect(new Set([...texts, createNonces(createKeyRing([key2])).current()]).size).toBe(4)
  })

  test('of an instance with the keys in another order, or with a faster clock, serves too', () => {
    const before = createNonces(createKeyRing([key2, key1]))
    expect(before.accepts(nonces.current())).toBe(true)
    const nonce = nonces.current()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 60_000 })
    onTestFinished(() => void vi.useRealTimers())
    expect(nonces.accepts(nonce)).toBe(true)
  })

  test('outlives no jti: a proof that was used is refused as long as its nonce serves', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-01T00:00:00Z') })
    onTestFinished(() => void vi.useRealTimers())
    const check = createProofCheck(tokenUrl, nonces, createMemory())
    const text = await prove()
    await (await check(text))?.claim()
    vi.setSystemTime(new Date('2026-01-01T00:04:59Z'))
    const late = await check(text)
    await expect(late?.claim()).rejects.toEqual(refusal('invalid_dpop_proof'))
    vi.setSystemTime(new Date('2026-01-01T00:05:00Z'))
    await expect(check(text)).rejects.toEqual(refusal('use_dpop_nonce'))
  })

  test('outlives no jti, also where it comes from a faster clock', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-01T00:01:00Z') })
    onTestFinished(() => void vi.useRealTimers())
    const check = createProofCheck(tokenUrl, nonces, createMemory())
    const text = await prove()
    vi.setSystemTime(new Date('2026-01-01T00:00:00Z'))
    await (await check(text))?.claim()
    vi.setSystemTime(new Date('2026-01-01T00:05:59Z'))
    const late = await check(text)
    await expect(late?.claim()).rejects.toEqual(refusal('invalid_dpop_proof'))
  })
})
