import { describe, expect, it } from 'vitest'
import { createDpopKey } from '../src/dpop-key.ts'
import { createDpopPost } from '../src/dpop-post.ts'
import { type Proof, readProof } from './proof.ts'

const url = 'https://auth.example.com/1/token'
const form = { grant_type: 'refresh_token', refresh_token: 'sealed-1' }
const key = await createDpopKey()

const fine = (nonce?: string) => answer(200, { access_token: '1/abc' }, nonce)
const wantsNonce = (nonce?: string) => answer(400, { error: 'use_dpop_nonce' }, nonce)

function answer(status: number, body: object, nonce?: string): Response {
  return Response.json(body, {
    status,
    headers: nonce === undefined ? {} : { 'dpop-nonce': nonce },
  })
}

/** A token endpoint that gives these answers, one after another. */
function endpoint(...answers: Response[]) {
  const asked: { request: Request; form: object; proof: Proof; limit: unknown }[] = []
  const post = createDpopPost({
    url,
    async fetch(...input) {
      const request = new Request(...input)
      const form = Object.fromEntries(new URLSearchParams(await request.clone().text()))
      asked.push({
        request,
        form,
        limit: input[1]?.signal,
        proof: readProof(request.headers.get('dpop') ?? ''),
      })
      const next = answers.shift()
      if (!next) throw new TypeError('Failed to fetch')
      return next
    },
  })
  return { post, asked, nonces: () => asked.map(({ proof }) => proof.claims.nonce) }
}

describe('a request to the token endpoint', () => {
  it('is a form with a proof for this address, without cookies, that no redirect carries on', async () => {
    const { post, asked } = endpoint(fine())
    expect(await post(form, key)).toMatchObject({ status: 200, text: '{"access_token":"1/abc"}' })
    const {
      method,
      url: to,
      credentials,
      redirect,
      headers,
    } = asked[0]?.request ?? new Request(url)
    const expected = { method: 'POST', url, credentials: 'omit', redirect: 'error' }
    expect({ method, url: to, credentials, redirect }).toEqual(expected)
    expect(headers.get('content-type')).toMatch('application/x-www-form-urlencoded')
    expect(asked[0]).toMatchObject({ form, proof: { claims: { htm: 'POST', htu: url } } })
  })

  it('is repeated once, with the nonce that the server asks for, in a new proof', async () => {
    const { post, asked, nonces } = endpoint(wantsNonce('nonce-1'), fine())
    expect(await post(form, key)).toMatchObject({ status: 200 })
    expect(nonces()).toEqual([undefined, 'nonce-1'])
    expect(asked.map(({ form }) => form)).toEqual([form, form])
    const [first, second] = asked.map(({ proof }) => proof)
    expect(second?.claims.jti).not.toBe(first?.claims.jti)
    expect(second?.thumbprint).toBe(first?.thumbprint)
  })

  it('has one time limit, its repetition included', async () => {
    const { post, asked } = endpoint(wantsNonce('nonce-1'), fine())
    await post(form, key)
    expect(asked[0]?.limit).toBeInstanceOf(AbortSignal)
    expect(asked[1]?.limit).toBe(asked[0]?.limit)
  })

  it('is not repeated a second time', async () => {
    const { post, nonces } = endpoint(wantsNonce('nonce-1'), wantsNonce('nonce-2'), fine())
    expect(await post(form, key)).toMatchObject({ status: 400, text: '{"error":"use_dpop_nonce"}' })
    expect(nonces()).toEqual([undefined, 'nonce-1'])
    await post(form, key)
    expect(nonces().at(-1)).toBe('nonce-2')
  })

  it('is repeated once when its proof was used: a browser may have sent it twice', async () => {
    const used = () => answer(400, { error: 'invalid_dpop_proof' })
    const { post, asked } = endpoint(used(), fine(), used(), used(), fine())
    expect(await post(form, key)).toMatchObject({ status: 200 })
    expect(asked[1]?.proof.claims.jti).not.toBe(asked[0]?.proof.claims.jti)
    expect(await post(form, key)).toMatchObject({ status: 400 })
    expect(asked).toHaveLength(4)
  })

  it('is not repeated when no nonce came along', async () => {
    const { post, nonces } = endpoint(fine('nonce-1'), wantsNonce(), fine())
    await post(form, key)
    expect(await post(form, key)).toMatchObject({ status: 400 })
    expect(nonces()).toEqual([undefined, 'nonce-1'])
  })

  it('carries the last nonce that any answer gave', async () => {
    const refused = answer(400, { error: 'invalid_grant' }, 'nonce-2')
    const { post, nonces } = endpoint(
      fine('nonce-1'),
      refused,
      fine(),
      wantsNonce('nonce-3'),
      fine(),
    )
    for (let round = 0; round < 4; round++) await post(form, key)
    expect(nonces()).toEqual([undefined, 'nonce-1', 'nonce-2', 'nonce-2', 'nonce-3'])
  })

  it.each([
    ['another refusal', answer(400, { error: 'invalid_request' }, 'nonce-1')],
    ['a server that fails', answer(503, { error: 'use_dpop_nonce' }, 'nonce-1')],
    ['a page', new Response('<html>', { status: 400, headers: { 'dpop-nonce': 'nonce-1' } })],
    ['an answer with tokens', fine('nonce-1')],
  ])('is not repeated after %s', async (_, given) => {
    const { post, asked } = endpoint(given, fine())
    await post(form, key)
    expect(asked).toHaveLength(1)
  })

  it.each([
    ['12', 12_000],
    ['0', 0],
    ['soon', undefined],
    ['-1', undefined],
    ['Mon, 23 Nov 2026 10:00:00 GMT', undefined],
  ])('gives the Retry-After %s as %s ms', async (header, retryAfter) => {
    const busy = new Response('', { status: 503, headers: { 'retry-after': header } })
    expect(await endpoint(busy).post(form, key)).toMatchObject({ status: 503, retryAfter })
  })

  it('is sent once when there is no answer', async () => {
    const { post, asked } = endpoint()
    await expect(post(form, key)).rejects.toMatchObject({ code: 'network_error', retryable: true })
    expect(asked).toHaveLength(1)
  })
})
