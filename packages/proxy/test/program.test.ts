import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { environment, startProgram } from './program.ts'
import { client, codeForm, freePort, startPlainStage } from './stage.ts'

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

test('it stops with a sentence when the port of the metrics is taken', {
  timeout: 30_000,
}, async () => {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await expect.poll(() => other.listening).toBe(true)
  const { port } = other.address() as { port: number }
  const ports = { PORT: String(await freePort()), METRICS_PORT: String(port) }
  const { exit, output } = startProgram({ ...environment, ...ports })
  expect(await exit).toBe(1)
  expect(output.stderr).toBe(`Port ${port} is taken: set METRICS_PORT to another one.\n`)
})

test('metrics are served beside it when a port is set for them', { timeout: 30_000 }, async () => {
  const METRICS_PORT = String(await freePort())
  const { url } = await listening({ METRICS_PORT })
  expect((await fetch(`http://127.0.0.1:${METRICS_PORT}/metrics`)).status).toBe(200)
  expect((await fetch(`${url}/metrics`)).status).toBe(404)
})

test('it tells what it can do, and its version', { timeout: 30_000 }, async () => {
  const help = startProgram({}, ['--help'])
  // As `pnpm proxy -- --version` hands it on.
  const version = startProgram({}, ['--', '--version'])
  expect([await help.exit, await version.exit]).toEqual([0, 0])
  expect(help.output.stdout).toContain('roambi-proxy --check')
  expect(help.output.stdout).toMatch(
    /\n {2}PROXY_PUBLIC_URL +required: where browsers reach this proxy/,
  )
  expect(help.output.stdout).toContain('\n  PROXY_MODE\n')
  expect(version.output.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test('it stops with a sentence at an argument that it does not know, and does not repeat it', {
  timeout: 30_000,
}, async () => {
  const arguments_ = [['--chek'], ['a-secret'], ['--check=a-secret'], ['--secret', 'a-secret']]
  for (const args of arguments_) {
    const { exit, output } = startProgram(environment, args)
    expect(await exit).toBe(1)
    expect(output).toEqual({
      stdout: '',
      stderr: 'The arguments are not known: there are --check, --help, --version.\n',
    })
  }
})
