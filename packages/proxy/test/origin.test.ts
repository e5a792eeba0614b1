import { describe, expect, test } from 'vitest'
import { appOrigin, codeForm, sealedRefreshForm, startPlainStage, startProxy } from './stage.ts'

const otherOrigin = 'http://localhost:5173'
const allowOrigin = 'access-control-allow-origin'

describe('an allowed origin can read', () => {
  test('tokens', async () => {
    const { proxy, sandbox } = await startPlainStage({ allowedOrigins: [appOrigin, otherOrigin] })
    for (const origin of [appOrigin, otherOrigin]) {
      const { status, headers } = await proxy.post(codeForm(sandbox.issueCode()), { origin })
      expect(status).toBe(200)
      expect(headers.get(allowOrigin)).toBe(origin)
      expect(headers.get('vary')).toMatch(/origin/i)
      expect(headers.get('access-control-expose-headers')).toContain('retry-after')
      expect(headers.has('access-control-allow-credentials')).toBe(false)
    }
  })

  test('every kind of failure', async () => {
    const { proxy, sandbox } = await startPlainStage({ timeouts: { token: 300 } })
    const statuses: number[] = []
    const expectReadable = ({ status, headers }: { status: number; headers: Headers }) => {
      statuses.push(status)
      expect(headers.get(allowOrigin)).toBe(appOrigin)
      expect(headers.get('cache-control')).toBe('no-store')
    }

    expectReadable(await proxy.post(codeForm('no-such-code')))
    expectReadable(await proxy.post(codeForm('c'.repeat(20_000))))
    const json = { origin: appOrigin, 'content-type': 'application/json' }
    expectReadable(await proxy.post('{', json))
    for (const fault of [429, 'html', 503, 'hang'] as const) {
      sandbox.failNext(fault)
      expectReadable(await proxy.post(await sealedRefreshForm()))
    }
    for (const path of ['/1/token', '/1/callback', '/1/user']) {
      expectReadable(await fetch(`${proxy.url}${path}`, { headers: { origin: appOrigin } }))
    }
    expect(statuses).toEqual([400, 413, 415, 429, 502, 503, 504, 405, 404, 401])
  })
})

describe('a preflight', () => {
  const preflight = (url: string, origin: string) =>
    fetch(url, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    })

  test.each(['/1/token', '/1/user/resources'])('of %s is answered', async (path) => {
    const proxy = await startProxy({})
    const { status, headers } = await preflight(`${proxy.url}${path}`, appOrigin)
    expect(status).toBe(204)
    expect(Object.fromEntries(headers)).toMatchObject({
      [allowOrigin]: appOrigin,
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': expect.stringContaining('authorization'),
      'access-control-max-age': '600',
    })
  })

  test('without its headers is answered too', async () => {
    const proxy = await startProxy({})
    const headers = { origin: appOrigin }
    const response = await fetch(`${proxy.url}/1/token`, { method: 'OPTIONS', headers })
    expect(response.status).toBe(204)
  })

  test.each(['https://evil.example', 'null', `${appOrigin}.evil.example`, `${appOrigin}:8443`])(
    'from %s is not allowed',
    async (origin) => {
      const proxy = await startProxy({})
      const { headers } = await preflight(`${proxy.url}/1/token`, origin)
      expect(headers.has(allowOrigin)).toBe(false)
    },
  )
})

test('a foreign origin can read nothing, not even that it is refused', async () => {
  const { proxy, sandbox } = await startPlainStage()
  const { status, headers } = await proxy.post(codeForm(sandbox.issueCode()), {
    origin: 'https://evil.example',
  })
  expect(status).toBe(403)
  expect(headers.has(allowOrigin)).toBe(false)
})
