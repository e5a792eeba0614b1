import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { InvalidSettings } from '../src/program/invalid-settings.ts'
import { readSettings } from '../src/program/settings.ts'

const environment = {
  ROAMBI_CLIENT_ID: 'consumer-key-1',
  ROAMBI_CLIENT_SECRET: 'consumer-secret-1',
  PROXY_PUBLIC_URL: 'https://auth.example.com',
  PROXY_REDIRECT_URIS: 'https://app.example.com/callback.html',
  PROXY_ALLOWED_ORIGINS: 'https://app.example.com',
}

function sentences(changes: NodeJS.ProcessEnv): readonly string[] {
  try {
    readSettings({ ...environment, ...changes })
  } catch (error) {
    if (error instanceof InvalidSettings) return error.sentences
    throw error
  }
  return []
}

function secretFile(content: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'roambi-proxy-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'secret')
  writeFileSync(path, content)
  return path
}

test('five variables are enough', () => {
  expect(readSettings(environment)).toEqual({
    clientId: 'consumer-key-1',
    clientSecret: ['consumer-secret-1'],
    publicUrl: 'https://auth.example.com',
    redirectUris: ['https://app.example.com/callback.html'],
    allowedOrigins: ['https://app.example.com'],
    host: '127.0.0.1',
    port: 4001,
  })
})

test('all of them are read', () => {
  expect(
    readSettings({
      ...environment,
      ROAMBI_API_URL: 'https://api-eu.example.com/1',
      PROXY_REDIRECT_URIS: 'https://a.example/cb, https://b.example/cb',
      PROXY_ALLOWED_ORIGINS: 'https://a.example,https://b.example',
      PROXY_MODE: 'direct',
      PROXY_SEALING_KEYS: `${'a'.repeat(43)}, ${'b'.repeat(43)}`,
      PROXY_REFRESH_TOKENS: 'bearer',
      PROXY_REFRESH_TOKEN_LIFETIME: '86400',
      PROXY_REFRESH_TOKEN_IDLE_LIFETIME: '3600',
      PROXY_FORWARD_API: 'false',
      HOST: '0.0.0.0',
      PORT: '8080',
      LOG_LEVEL: 'debug',
      REDIS_URL: 'rediss://:password@redis.example.com:6380/1',
      PROXY_RATE_LIMIT: '60',
      PROXY_MAX_CONCURRENT: '100',
      PROXY_MAX_EVENT_LOOP_DELAY: '0',
      PROXY_TRUSTED_PROXIES: 'loopback, 10.0.0.0/8,2001:db8::1',
      METRICS_PORT: '9464',
      UNRELATED: 'x',
    }),
  ).toEqual({
    clientId: 'consumer-key-1',
    clientSecret: ['consumer-secret-1'],
    apiUrl: 'https://api-eu.example.com/1',
    publicUrl: 'https://auth.example.com',
    mode: 'direct',
    sealingKeys: ['a'.repeat(43), 'b'.repeat(43)],
    refreshTokens: 'bearer',
    refreshTokenLifetime: 86_400,
    refreshTokenIdleLifetime: 3600,
    redirectUris: ['https://a.example/cb', 'https://b.example/cb'],
    allowedOrigins: ['https://a.example', 'https://b.example'],
    forwardApi: false,
    host: '0.0.0.0',
    port: 8080,
    logLevel: 'debug',
    redisUrl: 'rediss://:password@redis.example.com:6380/1',
    rateLimit: 60,
    maxConcurrent: 100,
    maxEventLoopDelay: 0,
    trustedProxies: ['loopback', '10.0.0.0/8', '2001:db8::1'],
    metricsPort: 9464,
    metricsHost: '0.0.0.0',
  })
})

test('a variable that is set to nothing counts as not set', () => {
  expect(readSettings({ ...environment, PORT: '', ROAMBI_CLIENT_SECRET_FILE: '' }).port).toBe(4001)
})

test.each([
  ['secret-2', ['secret-2']],
  ['secret-2\n', ['secret-2']],
  ['secret-2\r\n', ['secret-2']],
  ['new\nold\n', ['new', 'old']],
  ['\r\nnew\r\n  \r\nold', ['new', 'old']],
  ['same\nsame\n', ['same']],
  ['with space \n', ['with space ']],
])('the secrets may come from a file, one a line: %j', (content, secrets) => {
  const changes = { ROAMBI_CLIENT_SECRET: '', ROAMBI_CLIENT_SECRET_FILE: secretFile(content) }
  expect(readSettings({ ...environment, ...changes })).toMatchObject({ clientSecret: secrets })
})

test('the variable too may hold the new and the old one', () => {
  const settings = readSettings({ ...environment, ROAMBI_CLIENT_SECRET: 'new\nold' })
  expect(settings).toMatchObject({ clientSecret: ['new', 'old'] })
})

test('the URL of Redis may come from a file', () => {
  const REDIS_URL_FILE = secretFile('redis://:password@localhost\n')
  const settings = readSettings({ ...environment, REDIS_URL_FILE })
  expect(settings.redisUrl).toBe('redis://:password@localhost')
})

const sealingKeysProblem =
  'PROXY_SEALING_KEYS must list keys of at least 32 random bytes each, as base64url ' +
  '(and must be set with NODE_ENV=production).'

test.each([',', ', ', '\n'])(
  'the sealing keys may come from a file, with %j between them',
  (glue) => {
    const keys = `${'a'.repeat(43)}${glue}${'b'.repeat(43)}\n`
    const changes = { PROXY_SEALING_KEYS_FILE: secretFile(keys) }
    expect(readSettings({ ...environment, ...changes }).sealingKeys).toEqual([
      'a'.repeat(43),
      'b'.repeat(43),
    ])
  },
)

test('in production there must be sealing keys', () => {
  vi.stubEnv('NODE_ENV', 'production')
  onTestFinished(() => void vi.unstubAllEnvs())
  expect(sentences({})).toEqual([sealingKeysProblem])
  expect(sentences({ PROXY_SEALING_KEYS: 'a'.repeat(43) })).toEqual([])
})

describe('a sentence names the variable', () => {
  test.each<[NodeJS.ProcessEnv, string]>([
    [{ ROAMBI_CLIENT_ID: '' }, 'ROAMBI_CLIENT_ID is missing: the Consumer Key.'],
    [
      { PROXY_REDIRECT_URIS: '' },
      "PROXY_REDIRECT_URIS is missing: the app's callback pages, comma-separated.",
    ],
    [
      { PROXY_ALLOWED_ORIGINS: '' },
      "PROXY_ALLOWED_ORIGINS is missing: the app's origins, comma-separated.",
    ],
    [
      { ROAMBI_CLIENT_SECRET: '' },
      'ROAMBI_CLIENT_SECRET or ROAMBI_CLIENT_SECRET_FILE must be set.',
    ],
    [
      { ROAMBI_CLIENT_SECRET_FILE: '/nowhere' },
      'ROAMBI_CLIENT_SECRET and ROAMBI_CLIENT_SECRET_FILE are both set: keep one.',
    ],
    [
      { ROAMBI_CLIENT_SECRET: '', ROAMBI_CLIENT_SECRET_FILE: '/nowhere' },
      "ROAMBI_CLIENT_SECRET_FILE names a file that can't be read (ENOENT).",
    ],
    [
      { ROAMBI_CLIENT_SECRET: 'a\tb' },
      'ROAMBI_CLIENT_SECRET must be printable ASCII, or a list of such.',
    ],
    [
      { ROAMBI_API_URL: 'http://api.roambi.com/1' },
      'ROAMBI_API_URL must be an https URL without query and fragment (http on a loopback host only).',
    ],
    [
      { PROXY_REDIRECT_URIS: 'https://a.example/cb,/callback' },
      'PROXY_REDIRECT_URIS must list at least one URI, each an https URL without fragment (http on a loopback host only).',
    ],
    [
      { PROXY_ALLOWED_ORIGINS: 'https://a.example,' },
      'PROXY_ALLOWED_ORIGINS must list at least one origin, each like https://app.example.com, without path, slash or *.',
    ],
    [
      { PROXY_PUBLIC_URL: '' },
      'PROXY_PUBLIC_URL is missing: where browsers reach this proxy, like https://auth.example.com.',
    ],
    [
      { PROXY_PUBLIC_URL: 'https://auth.example.com/proxy' },
      'PROXY_PUBLIC_URL must be an origin without path or slash, like https://auth.example.com (http on a loopback host only).',
    ],
    [{ PROXY_MODE: 'bearer' }, 'PROXY_MODE must be pkce or direct.'],
    [{ PROXY_REFRESH_TOKENS: 'none' }, 'PROXY_REFRESH_TOKENS must be dpop or bearer.'],
    [
      { PROXY_REFRESH_TOKEN_LIFETIME: '0' },
      'PROXY_REFRESH_TOKEN_LIFETIME must be a whole number of seconds above 0.',
    ],
    [
      { PROXY_REFRESH_TOKEN_IDLE_LIFETIME: '7d' },
      'PROXY_REFRESH_TOKEN_IDLE_LIFETIME must be a whole number of seconds above 0.',
    ],
    [{ PROXY_SEALING_KEYS: 'too-short' }, sealingKeysProblem],
    [
      { PROXY_SEALING_KEYS_FILE: '/nowhere' },
      "PROXY_SEALING_KEYS_FILE names a file that can't be read (ENOENT).",
    ],
    [
      { PROXY_SEALING_KEYS: 'a'.repeat(43), PROXY_SEALING_KEYS_FILE: '/nowhere' },
      'PROXY_SEALING_KEYS and PROXY_SEALING_KEYS_FILE are both set: keep one.',
    ],
    [{ REDIS_URL: 'http://redis' }, 'REDIS_URL must be a redis:// or rediss:// URL without query.'],
    [{ REDIS_URL: 'redis://a/0\nredis://b' }, 'REDIS_URL must be one URL.'],
    [
      { REDIS_URL: 'redis://a', REDIS_URL_FILE: '/nowhere' },
      'REDIS_URL and REDIS_URL_FILE are both set: keep one.',
    ],
    [{ REDIS_URL_FILE: '/nowhere' }, "REDIS_URL_FILE names a file that can't be read (ENOENT)."],
    [{ PROXY_RATE_LIMIT: '0' }, 'PROXY_RATE_LIMIT must be a whole number above 0.'],
    [{ PROXY_MAX_CONCURRENT: '1.5' }, 'PROXY_MAX_CONCURRENT must be a whole number above 0.'],
    [{ PROXY_MAX_CONCURRENT: '1e99' }, 'PROXY_MAX_CONCURRENT must be a whole number above 0.'],
    [
      { PROXY_MAX_EVENT_LOOP_DELAY: '-1' },
      'PROXY_MAX_EVENT_LOOP_DELAY must be a whole number of ms, 0 or more.',
    ],
    [{ METRICS_PORT: '0' }, 'METRICS_PORT must be a whole number, 1 to 65535.'],
    [{ METRICS_PORT: '4001' }, 'METRICS_PORT must be another port than PORT.'],
    [{ PROXY_FORWARD_API: 'yes' }, 'PROXY_FORWARD_API must be true or false.'],
    [{ PORT: '70000' }, 'PORT must be a whole number, 0 to 65535.'],
    [{ PORT: '80a' }, 'PORT must be a whole number, 0 to 65535.'],
    [
      { LOG_LEVEL: 'loud' },
      'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent.',
    ],
  ])('%o', (changes, sentence) => {
    expect(sentences(changes)).toEqual([sentence])
  })

  test.each([
    'true',
    '1',
    '*',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '10.0.0',
    'proxy.example.com',
    'constructor',
    'loopback,',
    'loopback,all',
  ])('PROXY_TRUSTED_PROXIES is not %s', (PROXY_TRUSTED_PROXIES) => {
    expect(sentences({ PROXY_TRUSTED_PROXIES })).toEqual([
      'PROXY_TRUSTED_PROXIES must list addresses, networks such as 10.0.0.0/8 (not all there are), ' +
        'loopback, linklocal or uniquelocal.',
    ])
  })

  test.each(['\n', '', ' \r\n'])('an empty file is no secret: %j', (content) => {
    const changes = { ROAMBI_CLIENT_SECRET: '', ROAMBI_CLIENT_SECRET_FILE: secretFile(content) }
    expect(sentences(changes)).toEqual(['ROAMBI_CLIENT_SECRET_FILE names a file that is empty.'])
  })

  test('one for each variable, all at once', () => {
    const changes = { ROAMBI_CLIENT_ID: '', PORT: 'x', PROXY_ALLOWED_ORIGINS: '*' }
    expect(sentences(changes)).toEqual([
      'ROAMBI_CLIENT_ID is missing: the Consumer Key.',
      'PORT must be a whole number, 0 to 65535.',
      expect.stringMatching(/^PROXY_ALLOWED_ORIGINS must list/),
    ])
  })
})
