import cors from '@fastify/cors'
import formbody from '@fastify/formbody'
import Fastify, { type FastifyInstance } from 'fastify'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type RoambiProxyOptions, roambiProxy } from '../src/index.ts'
import {
  appOrigin,
  client,
  codeForm,
  plain,
  redirectUri,
  settings,
  startUpstream,
} from './stage.ts'

const options: RoambiProxyOptions = { ...settings, ...plain }

function createApp(): FastifyInstance {
  const app = Fastify()
  onTestFinished(() => app.close())
  return app
}

const form = {
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded', origin: appOrigin },
  payload: new URLSearchParams(codeForm('c')).toString(),
} as const

describe('beside it, the server', () => {
  test('keeps its own routes as they are: no CORS, no form parser, no hook, no error form', async () => {
    const app = createApp()
    app.register(roambiProxy, options)
    app.all('/orders', async () => ({ order: 1 }))
    app.get('/broken', async () => {
      throw new Error('own words')
    })

    const foreign = { origin: 'https://evil.example' }
    const order = await app.inject({ url: '/orders', headers: foreign })
    expect(order.json()).toEqual({ order: 1 })
    expect(order.headers).not.toHaveProperty('vary')
    expect(order.headers).not.toHaveProperty('cache-control')
    const allowed = await app.inject({ url: '/orders', headers: { origin: appOrigin } })
    expect(allowed.headers).not.toHaveProperty('access-control-allow-origin')

    expect((await app.inject({ ...form, url: '/orders' })).statusCode).toBe(415)
    const preflight = { origin: appOrigin, 'access-control-request-method': 'POST' }
    const other = await app.inject({ method: 'OPTIONS', url: '/other', headers: preflight })
    expect(other.statusCode).toBe(404)
    expect((await app.inject('/broken')).json()).toMatchObject({ message: 'own words' })
    expect((await app.inject('/1')).json()).toMatchObject({ message: 'Route GET:/1 not found' })
    expect((await app.inject('/100')).json()).toMatchObject({ message: 'Route GET:/100 not found' })
  })

  test('may have a form parser of its own, and CORS for its own routes', async () => {
    const upstream = await startUpstream((_request, response) => {
      response.end('{"access_token":"a"}')
    })
    const app = createApp()
    app.register(formbody)
    app.register(roambiProxy, { ...options, apiUrl: upstream.apiUrl })
    app.register(async (open) => {
      await open.register(cors)
      open.get('/open', () => 'open')
    })
    expect((await app.inject({ ...form, url: '/1/token' })).json()).toMatchObject({
      access_token: 'a',
    })
    const open = await app.inject({ url: '/open', headers: { origin: 'https://evil.example' } })
    expect(open.headers['access-control-allow-origin']).toBe('*')
  })
})

test('it can stand under a prefix', async () => {
  const upstream = await startUpstream(({ url }, response) => {
    response.end(JSON.stringify({ access_token: url }))
  })
  const app = createApp()
  app.register(roambiProxy, { ...options, apiUrl: upstream.apiUrl, prefix: '/auth' })

  const tokens = await app.inject({ ...form, url: '/auth/1/token' })
  expect(tokens.json()).toMatchObject({ access_token: '/1/token' })
  const headers = { authorization: 'Bearer a' }
  const api = await app.inject({ url: '/auth/1/user?x=1', headers })
  expect(api.json()).toEqual({ access_token: '/1/user?x=1' })
  expect((await app.inject({ url: '/1/user', headers })).statusCode).toBe(404)
})

test('an unexpected error is told without detail', async () => {
  const app = createApp()
  app.addHook('preHandler', async () => {
    throw new Error(`broken while holding ${client.clientSecret}`)
  })
  app.register(roambiProxy, options)
  const response = await app.inject({ ...form, url: '/1/token' })
  expect(response.statusCode).toBe(500)
  expect(response.headers['cache-control']).toBe('no-store')
  expect(response.headers['access-control-allow-origin']).toBe(appOrigin)
  expect(response.json()).toEqual({
    error: 'server_error',
    error_description: 'Something went wrong in the proxy.',
  })
})

describe('registration fails', () => {
  const wrong: [string, unknown][] = [
    ['clientId', ''],
    ['clientId', undefined],
    ['clientSecret', ''],
    ['clientSecret', 'secret-with-newline\n'],
    ['publicUrl', undefined],
    ['publicUrl', 'https://auth.example.com/'],
    ['publicUrl', 'https://auth.example.com/proxy'],
    ['publicUrl', 'http://auth.example.com'],
    ['publicUrl', 'auth.example.com'],
    ['mode', 'sealed'],
    ['sealingKeys', []],
    ['sealingKeys', ['']],
    ['sealingKeys', ['k'.repeat(42)]],
    ['sealingKeys', ['k'.repeat(43), '+'.repeat(43)]],
    ['refreshTokens', 'none'],
    ['forwardApi', 'false'],
    ['timeouts', { token: '10s' }],
    ['timeouts', { connect: 0 }],
    ['retryPause', -1],
    ['refreshTokenLifetime', 0],
    ['refreshTokenIdleLifetime', 1.5],
    ['apiUrl', 'http://api.roambi.com/1'],
    ['apiUrl', 'http://localhost.evil.example/1'],
    ['apiUrl', 'https://user:password@api.roambi.com/1'],
    ['apiUrl', 'https://api.roambi.com/1?x'],
    ['apiUrl', 'api.roambi.com'],
    ['redirectUris', []],
    ['redirectUris', redirectUri],
    ['redirectUris', ['/callback.html']],
    ['redirectUris', ['javascript:alert(1)']],
    ['redirectUris', [redirectUri, `${redirectUri}#x`]],
    ['redirectUris', [`${redirectUri}#`]],
    ['redirectUris', [`${redirectUri}\r\n`]],
    ['redirectUris', ['http://app.example.com/callback.html']],
    ['redirectUris', ['https://user@app.example.com/callback.html']],
    ['redirectUris', [`${redirectUri}?name=Jürgen`]],
    ['allowedOrigins', []],
    ['allowedOrigins', ['*']],
    ['allowedOrigins', ['https://*.example.com']],
    ['allowedOrigins', ['null']],
    ['allowedOrigins', [`${appOrigin}/`]],
    ['allowedOrigins', ['https://App.example.com']],
    ['allowedOrigins', ['https://app.example.com:443']],
  ]

  test.each(wrong)('with the option named: %s = %j', async (option, value) => {
    const app = createApp()
    app.register(roambiProxy, { ...options, [option]: value })
    await expect(app.ready()).rejects.toThrow(new RegExp(`^${option} must `))
  })

  test('with all wrong options in one message, and no value quoted', async () => {
    const app = createApp()
    app.register(roambiProxy, { ...options, clientSecret: 'secret\n', allowedOrigins: ['secret'] })
    const error: Error = await app.ready().then(
      () => expect.fail('registered'),
      (error) => error,
    )
    expect(error.message).toMatch(/^clientSecret must .*; allowedOrigins must /)
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain('secret\\n')
  })

  test('under @fastify/cors, which would speak first', async () => {
    const app = createApp()
    await app.register(cors)
    app.register(roambiProxy, options)
    await expect(app.ready()).rejects.toThrow('Register @fastify/cors beside roambiProxy')
  })
})

test.each(['http://localhost:4000/1', 'http://127.0.0.1:4000/1', 'http://[::1]:4000/1'])(
  'a loopback upstream may speak http: %s',
  async (apiUrl) => {
    const app = createApp()
    app.register(roambiProxy, { ...options, apiUrl })
    await app.ready()
  },
)
