import { expect, test } from 'vitest'
import { readProgramSettings } from '../src/program-settings.ts'

test('nothing set leaves every default to startSandbox', () => {
  expect(readProgramSettings([], { PATH: '/bin' })).toEqual({})
})

test('variables become options of the right type', () => {
  const environment = {
    PORT: '0',
    HOST: '127.0.0.1',
    SANDBOX_CLIENT_ID: 'mine',
    SANDBOX_CLIENT_SECRET: 'hush',
    SANDBOX_REDIRECT_URI: 'myapp://back',
    SANDBOX_TOKEN_LIFETIME: '30',
    SANDBOX_ROTATION: 'strict',
    SANDBOX_LATENCY: '5',
    SANDBOX_COOP: 'same-origin',
  }
  expect(readProgramSettings([], environment)).toEqual({
    port: 0,
    host: '127.0.0.1',
    clientId: 'mine',
    clientSecret: 'hush',
    redirectUri: 'myapp://back',
    tokenLifetime: 30,
    rotation: 'strict',
    latency: 5,
    coop: 'same-origin',
  })
})

test('a flag wins over its variable', () => {
  const args = ['--port', '4001', '--token-lifetime=60']
  const environment = { PORT: 'abc', SANDBOX_TOKEN_LIFETIME: '30', SANDBOX_ROTATION: 'lenient' }
  expect(readProgramSettings(args, environment)).toEqual({
    port: 4001,
    tokenLifetime: 60,
    rotation: 'lenient',
  })
})

test.each([
  [[], { PORT: 'abc' }, 'PORT (--port) must be a port number, 0 to 65535.'],
  [[], { PORT: '' }, 'PORT (--port) must be a port number, 0 to 65535.'],
  [['--port', '70000'], {}, 'PORT (--port) must be a port number, 0 to 65535.'],
  [
    ['--latency', '0.5'],
    {},
    'SANDBOX_LATENCY (--latency) must be a whole number of milliseconds, 0 to 600000.',
  ],
  [['--rotation', 'wild'], {}, 'SANDBOX_ROTATION (--rotation) must be off, lenient or strict.'],
  [
    [],
    { SANDBOX_CLIENT_ID: '' },
    'SANDBOX_CLIENT_ID (--client-id) must be a Consumer Key, not empty.',
  ],
  [
    [],
    { SANDBOX_REDIRECT_URI: '/back' },
    'SANDBOX_REDIRECT_URI (--redirect-uri) must be an absolute URI without a fragment.',
  ],
  [['--speed', '9'], {}, "Unknown option '--speed'"],
  [['--port'], {}, "Option '--port <value>' argument missing"],
])('%j with %j is refused in a sentence', (args, environment, sentence) => {
  expect(() => readProgramSettings(args, environment)).toThrow(
    expect.objectContaining({ message: sentence }),
  )
})
