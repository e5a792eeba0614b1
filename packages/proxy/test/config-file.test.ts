// The settings that `PROXY_CONFIG` names a file for.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { InvalidSettings } from '../src/program/invalid-settings.ts'
import { readSettings, type Settings } from '../src/program/settings.ts'

const one = {
  clientId: 'consumer-key-1',
  secretFile: 'one.secret',
  redirectUris: ['https://one.example/callback.html'],
  allowedOrigins: ['https://one.example'],
}
const two = {
  clientId: 'consumer-key-2',
  secretFile: 'two.secret',
  redirectUris: ['https://two.example/a,b', 'https://two.example/c'],
  allowedOrigins: ['https://two.example', 'https://www.two.example'],
}
const config = { PROXY_PUBLIC_URL: 'https://auth.example.com', clients: [one, two] }

/** The variables of a client that is the only one. */
const onlyClient = {
  ROAMBI_CLIENT_ID: 'consumer-key-1',
  ROAMBI_CLIENT_SECRET: 'consumer-secret-1',
  PROXY_REDIRECT_URIS: 'https://one.example/callback.html',
  PROXY_ALLOWED_ORIGINS: 'https://one.example',
}

/** A folder with the config file, and the secrets beside it. */
function writeConfig(content: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'roambi-proxy-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'one.secret'), 'secret-of-one\n')
  writeFileSync(join(folder, 'two.secret'), 'new-of-two\r\nold-of-two\r\n')
  writeFileSync(join(folder, 'empty.secret'), '\n')
  writeFileSync(join(folder, 'odd.secret'), 'secret-with-\u00fc\n')
  mkdirSync(join(folder, 'folder'))
  const path = join(folder, 'config.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

function read(content: unknown, environment: NodeJS.ProcessEnv = {}): Settings {
  return readSettings({ PROXY_CONFIG: writeConfig(content), ...environment })
}

function sentences(content: unknown, environment: NodeJS.ProcessEnv = {}): readonly string[] {
  try {
    read(content, environment)
  } catch (error) {
    if (error instanceof InvalidSettings) return error.sentences
    throw error
  }
  return []
}

test('it lists several clients, whose secrets lie in files beside it', () => {
  expect(read(config)).toEqual({
    publicUrl: 'https://auth.example.com',
    clients: [
      {
        clientId: 'consumer-key-1',
        clientSecret: ['secret-of-one'],
        redirectUris: one.redirectUris,
        allowedOrigins: one.allowedOrigins,
      },
      {
        clientId: 'consumer-key-2',
        clientSecret: ['new-of-two', 'old-of-two'],
        redirectUris: two.redirectUris,
        allowedOrigins: two.allowedOrigins,
      },
    ],
    host: '127.0.0.1',
    port: 4001,
  })
})

test('the one in the README is taken as it is, but for its paths', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, example = ''] = /^```json\n(.*?)^```$/ms.exec(readme) ?? []
  const here = example
    .replaceAll('/run/secrets/roambi-', './')
    .replace('./sales', 'one.secret')
    .replace('./board', 'two.secret')
    .replace('/run/secrets/sealing-keys', 'sealing-keys')
    .replaceAll('…', '')
  const path = writeConfig(here)
  writeFileSync(join(path, '..', 'sealing-keys'), 'a'.repeat(43))
  expect(readSettings({ PROXY_CONFIG: path })).toMatchObject({
    sealingKeys: ['a'.repeat(43)],
    clients: [
      { clientId: '3d7c', redirectUris: ['https://sales.example.com/callback.html'] },
      { clientId: 'a05e', clientSecret: ['new-of-two', 'old-of-two'] },
    ],
  })
})

test('it can hold each variable, as text or as JSON has it', () => {
  const content = {
    ...onlyClient,
    ROAMBI_CLIENT_SECRET: ['new', 'old'],
    PROXY_PUBLIC_URL: 'https://auth.example.com',
    PROXY_REDIRECT_URIS: ['https://one.example/a,b', 'https://one.example/c'],
    PROXY_ALLOWED_ORIGINS: 'https://one.example, https://www.one.example',
    PROXY_SEALING_KEYS: ['a'.repeat(43), 'b'.repeat(43)],
    PROXY_REFRESH_TOKEN_LIFETIME: 86_400,
    PROXY_REFRESH_TOKEN_IDLE_LIFETIME: '3600',
    PROXY_FORWARD_API: false,
    PROXY_TRUSTED_PROXIES: ['10.0.0.0/8'],
    PROXY_RATE_LIMIT: null,
    REDIS_URL: '',
    PORT: 8080,
  }
  expect(read(content)).toEqual({
    clientId: 'consumer-key-1',
    clientSecret: ['new', 'old'],
    publicUrl: 'https://auth.example.com',
    redirectUris: ['https://one.example/a,b', 'https://one.example/c'],
    allowedOrigins: ['https://one.example', 'https://www.one.example'],
    sealingKeys: ['a'.repeat(43), 'b'.repeat(43)],
    refreshTokenLifetime: 86_400,
    refreshTokenIdleLifetime: 3600,
    forwardApi: false,
    trustedProxies: ['10.0.0.0/8'],
    host: '127.0.0.1',
    port: 8080,
  })
})

test('the environment wins, unless it is empty', () => {
  const content = { ...config, PORT: 8080, LOG_LEVEL: 'warn' }
  expect(read(content, { PORT: '9090', LOG_LEVEL: '' })).toMatchObject({
    port: 9090,
    logLevel: 'warn',
  })
})

test.each([
  [{ REDIS_URL: 'redis://file' }, { REDIS_URL_FILE: 'redis' }],
  [{ REDIS_URL_FILE: '/nowhere' }, { REDIS_URL: 'redis://from-environment' }],
])('the environment wins, be it a secret or the file of one: %j', (inFile, inEnvironment) => {
  const path = writeConfig({ ...config, ...inFile })
  const REDIS_URL_FILE = join(path, '..', 'redis')
  writeFileSync(REDIS_URL_FILE, 'redis://from-environment')
  const environment = 'REDIS_URL' in inEnvironment ? inEnvironment : { REDIS_URL_FILE }
  expect(readSettings({ PROXY_CONFIG: path, ...environment }).redisUrl).toBe(
    'redis://from-environment',
  )
})

test('its paths begin where it lies, wherever the program is started', () => {
  const path = writeConfig({
    ...onlyClient,
    ROAMBI_CLIENT_SECRET: null,
    ROAMBI_CLIENT_SECRET_FILE: './folder/../two.secret',
    PROXY_PUBLIC_URL: 'https://auth.example.com',
  })
  const PROXY_CONFIG = relative(process.cwd(), path)
  expect(readSettings({ PROXY_CONFIG })).toMatchObject({
    clientSecret: ['new-of-two', 'old-of-two'],
  })
})

test('a byte order mark does no harm', () => {
  expect(read(`\ufeff${JSON.stringify(config)}`)).toMatchObject({ clients: [{}, {}] })
})

describe('a file that is no JSON is refused with the place, and with nothing of its content', () => {
  test.each([
    ['', 'line 1, column 1'],
    ['{"PROXY_PUBLIC_URL": "https://secret"', 'line 1, column 38'],
    ['{\n  "REDIS_URL": "redis://secret",\n}', 'line 3, column 1'],
    ['{\n  "REDIS_URL": secret\n}', 'line 2, column 16'],
    ['{ "REDIS_URL": "redis://secret" } secret', 'line 1, column 35'],
    ["{ 'REDIS_URL': 'redis://secret' }", 'line 1, column 3'],
    ['{ "REDIS_URL": "redis:\\secret" }', 'line 1, column 24'],
    ['{ "REDIS_URL": "redis://secret\n" }', 'line 1, column 31'],
    ['[true, tru e]', 'line 1, column 11'],
    ['-secret', 'line 1, column 2'],
    ['secret', 'line 1, column 1'],
  ])('%j', (content, place) => {
    expect(sentences(content)).toEqual([
      `PROXY_CONFIG names a file that is no JSON: look at ${place}.`,
    ])
  })

  test.each(['null', '[]', '"text"', '1'])('%s', (content) => {
    expect(sentences(content)).toEqual([
      'PROXY_CONFIG names a file that holds something else than an object.',
    ])
  })

  test('nor is one that is not there', () => {
    const at = (path: string) => () => readSettings({ PROXY_CONFIG: path })
    expect(at('/nowhere')).toThrow("PROXY_CONFIG names a file that can't be read (ENOENT).")
    expect(at('/')).toThrow("PROXY_CONFIG names a file that can't be read (EISDIR).")
  })
})

describe('a sentence tells the place', () => {
  const client = (changes: object) => ({ ...config, clients: [one, { ...two, ...changes }] })
  const known = 'clientId, secretFile, redirectUris, allowedOrigins'

  test.each<[unknown, string]>([
    [
      { ...config, PROXY_PUBLIC_URL: undefined },
      'PROXY_PUBLIC_URL is missing: where browsers reach this proxy, like https://auth.example.com.',
    ],
    [
      { ...config, PROXY_REFRESHTOKENS: 'bearer' },
      'PROXY_REFRESHTOKENS is not known: PROXY_REFRESH_TOKENS may be meant.',
    ],
    [{ ...config, proxy_mode: 'direct' }, 'proxy_mode is not known: PROXY_MODE may be meant.'],
    [
      { ...config, PROXY_CONFIG: 'a' },
      expect.stringMatching(/^PROXY_CONFIG is not known: /) as never,
    ],
    [
      { ...config, colour: 'red' },
      expect.stringMatching(
        /^colour is not known: there are ROAMBI_CLIENT_ID, .*, clients\.$/,
      ) as never,
    ],
    [{ ...config, PORT: 'x' }, 'PORT must be a whole number, 0 to 65535.'],
    [{ ...config, HOST: ['a'] }, 'HOST must be a string.'],
    [
      { ...config, PROXY_TRUSTED_PROXIES: [{}] },
      'PROXY_TRUSTED_PROXIES must be a string, or a list of strings.',
    ],
    [{ ...config, clients: {} }, 'clients must be a list.'],
    [{ ...config, clients: [] }, 'clients must list at least one client.'],
    [{ ...config, clients: [one, 'two'] }, 'clients[1] must be an object.'],
    [{ ...config, clients: [null, one] }, 'clients[0] must be an object.'],
    [{ ...config, clients: [one, [two]] }, 'clients[1] must be an object.'],
    [{ ...config, clients: [one, one] }, 'clients must not list a clientId twice.'],
    [
      { ...config, ROAMBI_CLIENT_ID: 'a', PROXY_REDIRECT_URIS: 'b' },
      'clients stands in place of ROAMBI_CLIENT_ID, PROXY_REDIRECT_URIS: keep the one or the other.',
    ],
    [client({ clientId: undefined }), 'clients[1].clientId is missing: the Consumer Key.'],
    [client({ clientId: '\u00fc' }), 'clients[1].clientId must be printable ASCII.'],
    [
      client({ clientSecret: 'secret' }),
      `clients[1].clientSecret is not known: there are ${known}.`,
    ],
    [
      client({ redirectURIs: ['x'] }),
      'clients[1].redirectURIs is not known: redirectUris may be meant.',
    ],
    [
      client({ secretFile: undefined }),
      'clients[1].secretFile is missing: the path of a file that holds the Consumer Secret.',
    ],
    [client({ secretFile: '' }), 'clients[1].secretFile must be the path of a file.'],
    [
      client({ secretFile: 'nowhere' }),
      "clients[1].secretFile names a file that can't be read (ENOENT).",
    ],
    [
      client({ secretFile: 'folder' }),
      "clients[1].secretFile names a file that can't be read (EISDIR).",
    ],
    [client({ secretFile: 'empty.secret' }), 'clients[1].secretFile names a file that is empty.'],
    [
      client({ secretFile: 'odd.secret' }),
      'clients[1].secretFile must name a file of printable ASCII.',
    ],
    [
      client({ redirectUris: undefined }),
      "clients[1].redirectUris is missing: a list of the app's callback pages.",
    ],
    [
      client({ redirectUris: 'https://two.example/cb' }),
      'clients[1].redirectUris must be a list of strings.',
    ],
    [
      client({ redirectUris: ['/cb'] }),
      'clients[1].redirectUris must list at least one URI, each an https URL without fragment (http on a loopback host only).',
    ],
    [
      client({ allowedOrigins: [] }),
      'clients[1].allowedOrigins must list at least one origin, each like https://app.example.com, without path, slash or *.',
    ],
  ])('%j', (content, sentence) => {
    expect(sentences(content)).toEqual([sentence])
  })

  test('when the environment has a client besides', () => {
    expect(sentences(config, onlyClient)).toEqual([
      'clients stands in place of ROAMBI_CLIENT_ID, ROAMBI_CLIENT_SECRET, PROXY_REDIRECT_URIS, ' +
        'PROXY_ALLOWED_ORIGINS: keep the one or the other.',
    ])
  })

  test('all at once', () => {
    const clients = [
      { ...one, clientID: 'x' },
      { ...two, secretFile: 'nowhere', redirectUris: [] },
    ]
    expect(sentences({ clients, PORT: -1 })).toEqual([
      expect.stringMatching(/^PROXY_PUBLIC_URL is missing/),
      expect.stringMatching(/^PORT must/),
      'clients[0].clientID is not known: clientId may be meant.',
      "clients[1].secretFile names a file that can't be read (ENOENT).",
      expect.stringMatching(/^clients\[1\]\.redirectUris must list/),
    ])
  })

  test('and an odd name in what can be printed', () => {
    const name = `\u001b[31m${'x'.repeat(100)}`
    expect(sentences({ ...config, [name]: 1 })[0]).toMatch(/^\?\[31mx{45} is not known: there are /)
  })
})
