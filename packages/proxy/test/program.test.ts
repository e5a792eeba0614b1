import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { client, codeForm, freePort, publicUrl, redirectUri, startPlainStage } from './stage.ts'

const environment = {
  ROAMBI_CLIENT_ID: client.clientId,
  ROAMBI_CLIENT_SECRET: client.clientSecret,
  PROXY_PUBLIC_URL: publicUrl,
  PROXY_MODE: 'direct',
  PROXY_REDIRECT_URIS: redirectUri,
  PROXY_ALLOWED_ORIGINS: 'https://app.example.com',
}

function startProgram(variables: Record<string, string>) {
  const program: ChildProcess = spawn(
    process.execPath,
    ['--conditions=@roambi-auth/source', '--import=tsx', 'src/main.ts'],
    { cwd: new URL('..', import.meta.url), env: { PATH: process.env.PATH, ...variables } },
  )
  onTestFinished(() => void program.kill('SIGKILL'))
  const output = { stdout: '', stderr: '' }
  program.stdout?.on('data', (chunk) => (output.stdout += chunk))
  program.stderr?.on('data', (chunk) => (output.stderr += chunk))
  const exit = once(program, 'close').then(([code]) => code as number | null)
  return { program, output, exit }
}

async function listening(variables: Record<string, string>) {
  const port = await freePort()
  const started = startProgram({ ...environment, ...variables, PORT: String(port) })
  await expect.poll(() => started.output.stdout, { timeout: 15_000 }).toContain('listening')
  return { ...started, url: `http://127.0.0.1:${port}`, port }
}

test('it serves until SIGTERM, and lets the request under way finish', {
  timeout: 30_000,
}, async () => {
  const { sandbox } = await startPlainStage()
  const { program, url, exit, output } = await listening({ ROAMBI_API_URL: sandbox.apiUrl })

  const health = await fetch(`${url}/healthz`)
  expect(await health.json()).toEqual({ status: 'ok' })
  const missing = await fetch(`${url}/elsewhere?code=code-in-query`)
  expect(missing.status).toBe(404)
  expect(await missing.json()).toMatchObject({ error: 'invalid_request' })

  sandbox.set({ latency: 500 })
  const tokens = fetch(`${url}/1/token`, {
    method: 'POST',
    body: new URLSearchParams(codeForm(sandbox.issueCode())),
  })
  await expect.poll(() => output.stdout).toContain('/1/token')
  program.kill('SIGTERM')
  expect((await tokens).status).toBe(200)
  expect(await exit).toBe(0)
  expect(output.stderr).toBe('')
  expect(output.stdout).not.toContain('code-in-query')
})

test('it stops with a sentence for each variable', { timeout: 30_000 }, async () => {
  const secret = { ROAMBI_CLIENT_SECRET: client.clientSecret }
  const { exit, output } = startProgram({
    ...environment,
    ...secret,
    PORT: 'x',
    ROAMBI_CLIENT_ID: '',
  })
  expect(await exit).toBe(1)
  expect(output.stdout).toBe('')
  expect(output.stderr).toBe(
    'ROAMBI_CLIENT_ID is missing: the Consumer Key.\nPORT must be a whole number, 0 to 65535.\n',
  )
})

test('it stops with a sentence when the port is taken', { timeout: 30_000 }, async () => {
  const { port } = await listening({})
  const { exit, output } = startProgram({ ...environment, PORT: String(port) })
  expect(await exit).toBe(1)
  expect(output.stderr).toBe(`Port ${port} is taken: set PORT to another one.\n`)
})

test('it stops with a sentence when there is no such host', { timeout: 30_000 }, async () => {
  const { exit, output } = startProgram({ ...environment, HOST: 'nohost.invalid', PORT: '4567' })
  expect(await exit).toBe(1)
  expect(output.stderr).toMatch(
    /^HOST nohost\.invalid and PORT 4567 can't be listened on \(\w+\)\.\n$/,
  )
})
