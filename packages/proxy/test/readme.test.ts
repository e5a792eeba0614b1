// The lines of the README, run as a person would paste them.
import { execFile, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import * as openidClient from 'openid-client'
import { describe, expect, test } from 'vitest'
import { type Deployment, startDeployment } from './outside-clients/deployment.ts'
import { client, redirectUri } from './stage.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

/** The first block that begins like this. */
function block(language: 'sh' | 'js', beginning: string): string {
  const blocks = [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
  const found = blocks.find(([, kind, text]) => kind === language && text?.startsWith(beginning))
  if (!found?.[2]) throw new Error(`The README has no block that begins with ${beginning}`)
  return found[2]
}

// `npx pnpm test` needs Node and npm alone; CI has all of them, or fails.
const tools = 'curl --version && openssl version && mktemp -u'
const withoutTools = spawnSync('sh', ['-c', tools]).status !== 0 && process.env.CI !== 'true'

describe.skipIf(withoutTools)('with curl one can sign in, renew and call the API', () => {
  const renewal = block('sh', 'REFRESH_TOKEN=')

  test.each([
    ['pkce', block('sh', 'VERIFIER=')],
    ['direct', block('sh', 'RESPONSE=')],
  ] as const)('in mode %s', async (mode, signIn) => {
    const deployment = await startDeployment({ mode, refreshTokens: 'bearer' })
    const [tokens, renewed, answer] = await paste(deployment, signIn + renewal)
    for (const given of [tokens, renewed]) {
      expect(given).toEqual({
        access_token: expect.stringMatching(/^1\//),
        token_type: 'Bearer',
        expires_in: 86_400,
        refresh_token: expect.stringMatching(/^eyJ/),
      })
    }
    expect(renewed.access_token).not.toBe(tokens.access_token)
    expect(answer).toMatchObject({ resources: { primary_email: 'joan@scdp.com' } })
  })
})

/** Gives what the shell has printed, line by line. */
async function paste({ publicUrl, sandbox }: Deployment, lines: string) {
  const { stdout } = await promisify(execFile)('sh', ['-c', lines], {
    env: {
      PATH: process.env.PATH,
      PROXY: publicUrl,
      SANDBOX: sandbox.url,
      CLIENT_ID: client.clientId,
      REDIRECT_URI: redirectUri,
    },
  })
  return stdout.split('\n').map((line) => JSON.parse(line))
}

test('with openid-client one can sign in and renew', async () => {
  const { publicUrl, signIn } = await startDeployment()
  const lines = block('js', "import * as oauth from 'openid-client'")
    .replace(/^import .*$/m, '')
    .replace('https://auth.example.com', publicUrl)
    .replace('https://app.example.com/callback.html', redirectUri)
    .replace('3d7c…', client.clientId)
    // The library insists on https, and the proxy of a test has none.
    .replace("algorithm: 'oauth2'", '$&, execute: [oauth.allowInsecureRequests]')
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor
  const run = new AsyncFunction('oauth', 'visit', `${lines}; return { tokens, renewed }`)
  const { tokens, renewed } = await run(openidClient, signIn)
  expect(renewed).toMatchObject({ token_type: 'bearer', expires_in: 86_400 })
  expect(renewed.access_token).not.toBe(tokens.access_token)
})
