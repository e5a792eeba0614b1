import { expect, it } from 'vitest'
import { createAuthorizationRequest } from '../src/authorization.ts'
import { createTokenEndpoint } from '../src/token-endpoint.ts'
import { readProof } from './proof.ts'

const request = await createAuthorizationRequest({
  authorizeUrl: 'https://auth.example.com/1/authorize',
  issuer: 'https://auth.example.com',
  clientId: 'client-1',
  redirectUri: 'http://localhost:5173/callback.html',
})
const { dpopKey } = request

/** Answers everything with `tokens`, and notes what it was sent. */
function tokenEndpoint(tokens: object) {
  const forms: Record<string, string>[] = []
  const thumbprints: string[] = []
  const endpoint = createTokenEndpoint({
    tokenUrl: 'https://auth.example.com/1/token',
    revocationUrl: 'https://auth.example.com/1/revoke',
    clientId: 'client-1',
    clock: { now: () => 1000 },
    async fetch(...input) {
      const asked = new Request(...input)
      thumbprints.push(readProof(asked.headers.get('dpop') ?? '').thumbprint)
      forms.push(Object.fromEntries(new URLSearchParams(await asked.text())))
      return Response.json({ access_token: '1/abc', expires_in: 60, ...tokens })
    },
  })
  return { endpoint, forms, thumbprints }
}

it('redeems a code for a session with the key of its request', async () => {
  const { endpoint, forms } = tokenEndpoint({ refresh_token: 'sealed-1' })
  expect(await endpoint.redeem('code-1', request)).toEqual({
    accessToken: '1/abc',
    refreshToken: 'sealed-1',
    dpopKey,
    signedInAt: 1000,
    renewedAt: 1000,
    expiresAt: 61_000,
  })
  expect(forms).toEqual([
    {
      grant_type: 'authorization_code',
      client_id: 'client-1',
      code: 'code-1',
      redirect_uri: request.redirectUri,
      code_verifier: request.codeVerifier,
    },
  ])
})

it('renews a session with its refresh token, its key, and nothing else', async () => {
  const { endpoint, forms, thumbprints } = tokenEndpoint({ refresh_token: 'sealed-2' })
  const old = { accessToken: '1/old', refreshToken: 'sealed-1', dpopKey }
  const times = { signedInAt: 1, renewedAt: 2, expiresAt: 3 }
  expect(await endpoint.renew({ ...old, ...times })).toEqual({
    accessToken: '1/abc',
    refreshToken: 'sealed-2',
    dpopKey,
    signedInAt: 1,
    renewedAt: 1000,
    expiresAt: 61_000,
  })
  const form = { grant_type: 'refresh_token', client_id: 'client-1', refresh_token: 'sealed-1' }
  expect(forms).toEqual([form])
  await endpoint.redeem('code-1', request)
  expect(thumbprints[0]).toBe(thumbprints[1])
})

it('keeps the refresh token when the answer has no new one', async () => {
  const { endpoint } = tokenEndpoint({})
  const old = { accessToken: '1/old', refreshToken: 'sealed-1', dpopKey }
  const renewed = await endpoint.renew({ ...old, signedInAt: 1, renewedAt: 2, expiresAt: 3 })
  expect(renewed).toMatchObject({ accessToken: '1/abc', refreshToken: 'sealed-1' })
})
