import { CompactEncrypt, EncryptJWT } from 'jose'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createSeal, isSealed, longestSealed, type SealedKind } from '../src/sealing/seal.ts'
import { createKeyRing, type KeyRing, randomSealingKey } from '../src/sealing/sealing-keys.ts'

const owner = { publicUrl: 'https://auth.example.com', clientId: 'consumer-key-1' }
const [key1, key2] = [randomSealingKey(), randomSealingKey()]
const content = { refreshToken: 'upstream-refresh-token' }
const inAMinute = () => Math.floor(Date.now() / 1000) + 60

const sealOf = (keys: KeyRing | string[] = [key1], kind: SealedKind = 'code', changes = {}) =>
  createSeal<typeof content>(
    kind,
    typeof keys[0] === 'string' ? createKeyRing(keys as string[]) : (keys as KeyRing),
    {
      ...owner,
      ...changes,
    },
  )
const sealed = () => sealOf().seal(content, 60)

describe('what is sealed', () => {
  test('opens again', async () => {
    expect(await sealOf().open(await sealed())).toMatchObject(content)
  })

  test('is never the same text twice, and shows nothing of its content', async () => {
    const [one, other] = [await sealed(), await sealed()]
    expect(one).not.toBe(other)
    const bytes = one.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'))
    expect(bytes.join(' ')).not.toMatch(/upstream|consumer-key|auth\.example/)
    expect(JSON.parse(bytes[0] ?? '')).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
      typ: 'roambi-auth-code',
      kid: expect.stringMatching(/^[\w-]{8}$/),
    })
  })

  test.each<[string, Partial<typeof owner>, SealedKind]>([
    ['another kind', {}, 'refresh-token'],
    ['another issuer', { publicUrl: 'https://auth.example.com.evil.example' }, 'code'],
    ['another client', { clientId: 'consumer-key-2' }, 'code'],
  ])('does not open as that of %s', async (_name, changes, kind) => {
    expect(await sealOf([key1], kind, changes).open(await sealed())).toBeUndefined()
  })

  test('does not open when its time is over', async () => {
    const text = await sealed()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 })
    onTestFinished(() => void vi.useRealTimers())
    expect(await sealOf().open(text)).toBeUndefined()
  })

  test('does not open when any part of it is changed, taken away or added to', async () => {
    const parts = (await sealed()).split('.')
    const changed = parts.flatMap((part, index) => {
      const flipped = part.startsWith('A') ? `B${part.slice(1)}` : `A${part.slice(1)}`
      return [flipped, part.slice(0, -4), `${part}AAAA`, ''].map((other) =>
        parts.with(index, other).join('.'),
      )
    })
    changed.push(parts.slice(0, 4).join('.'), `${parts.join('.')}.`, parts.toReversed().join('.'))
    const different = changed.filter((text) => text !== parts.join('.'))
    expect(different.length).toBeGreaterThan(15)
    for (const text of different) expect(await sealOf().open(text), text).toBeUndefined()
  })

  test('is never too long to be opened', async () => {
    const { seal, open } = createSeal<{ x: string }>('code', createKeyRing([key1]), owner)
    expect(await open(await seal({ x: 'x'.repeat(5900) }, 60))).toBeDefined()
    await expect(seal({ x: 'x'.repeat(6000) }, 60)).rejects.toMatchObject({
      name: 'OAuthError',
      code: 'server_error',
      status: 502,
    })
  })

  test.each(['', '.', '....', 'a.b.c.d.e', 'eyJ', '{}', 'null', '\u0000', '💥.💥.💥.💥.💥'])(
    'is not %j',
    async (text) => {
      expect(await sealOf().open(text)).toBeUndefined()
      expect(isSealed(text)).toBe(false)
    },
  )

  test('can be told from other texts without a key', async () => {
    expect(isSealed(await sealed())).toBe(true)
    expect(isSealed('7f4e2b9c0d1a')).toBe(false)
  })
})

describe('with the right key, but not made by the proxy', () => {
  const [ring] = createKeyRing([key1])
  const key = ring.derive('code')
  const header = { typ: 'roambi-auth-code', kid: ring.kid }
  const claims = () =>
    new EncryptJWT(content).setIssuer(owner.publicUrl).setAudience(owner.clientId)

  test('it opens only in the form that the proxy gives it', async () => {
    const ours = { ...header, alg: 'dir', enc: 'A256GCM' }
    const text = await claims().setExpirationTime(inAMinute()).setProtectedHeader(ours).encrypt(key)
    expect(await sealOf().open(text)).toMatchObject(content)

    const wrapped = { ...header, alg: 'A256GCMKW', enc: 'A256GCM' }
    const other = claims().setExpirationTime(inAMinute()).setProtectedHeader(wrapped)
    expect(await sealOf().open(await other.encrypt(key))).toBeUndefined()
    const otherType = { ...ours, typ: 'roambi-auth-refresh-token' }
    const typed = claims().setExpirationTime(inAMinute()).setProtectedHeader(otherType)
    expect(await sealOf().open(await typed.encrypt(key))).toBeUndefined()
    const long = new EncryptJWT({ ...content, x: 'x'.repeat(longestSealed) })
      .setIssuer(owner.publicUrl)
      .setAudience(owner.clientId)
      .setExpirationTime(inAMinute())
      .setProtectedHeader(ours)
    expect(await sealOf().open(await long.encrypt(key))).toBeUndefined()
    const endless = claims().setProtectedHeader(ours)
    expect(await sealOf().open(await endless.encrypt(key))).toBeUndefined()
    const noJson = new CompactEncrypt(Buffer.from('[]')).setProtectedHeader(ours)
    expect(await sealOf().open(await noJson.encrypt(key))).toBeUndefined()
  })
})

describe('keys', () => {
  test('roll over in three steps, and nobody is signed out before the third', async () => {
    const old = await sealed()
    const both = sealOf([key2, key1])
    expect(await both.open(old)).toMatchObject(content)
    const fresh = await both.seal(content, 60)
    expect(await sealOf([key1, key2]).open(fresh)).toMatchObject(content)

    const without = sealOf([key2])
    expect(await without.open(fresh)).toMatchObject(content)
    expect(await without.open(old)).toBeUndefined()
  })

  test('differ by purpose, and the kid tells none of them', () => {
    const [{ kid, derive }] = createKeyRing([key1])
    const texts = ['code', 'refresh-token', 'transaction', 'kid'].map((purpose) =>
      Buffer.from(derive(purpose)).toString('base64url'),
    )
    expect(new Set([...texts, key1]).size).toBe(5)
    expect(createKeyRing([key2])[0].kid).not.toBe(kid)
    for (const text of [...texts, key1]) expect(text).not.toContain(kid)
  })

  test('are random ones where none is configured', async () => {
    const seal = sealOf(createKeyRing())
    expect(await seal.open(await seal.seal(content, 60))).toMatchObject(content)
    expect(await sealOf(createKeyRing()).open(await seal.seal(content, 60))).toBeUndefined()
  })
})
