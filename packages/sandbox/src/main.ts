#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import closeWithGrace from 'close-with-grace'
import { readProgramSettings, settingsHelp } from './program-settings.ts'
import { type Sandbox, startSandbox } from './sandbox.ts'

try {
  await run()
} catch (error) {
  // Node goes on with advice about positional arguments, which there are none of.
  console.error((error as Error).message.split('\n')[0])
  process.exitCode = 1
}

async function run(): Promise<void> {
  const options = readProgramSettings(process.argv.slice(2), process.env)
  if (options === 'help') return console.log(help())
  if (options === 'version') return console.log(version())
  const sandbox = await startSandbox(options).catch(explain)
  console.log(greeting(sandbox))
  closeWithGrace({ delay: 2000 }, async ({ err }) => {
    if (err) console.error(err)
    await sandbox.close()
  })
}

function help(): string {
  return `roambi-sandbox: a local Roambi Business in memory

  Flag              Variable                Value [default]
${settingsHelp()}
  --version
  --help`
}

function version(): string {
  const packageJson = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return JSON.parse(packageJson).version
}

function explain(error: NodeJS.ErrnoException & { port?: number; hostname?: string }): never {
  if (error.code === 'EADDRINUSE') {
    throw new Error(
      `Port ${error.port} is taken: stop what listens there, or choose another with --port.`,
    )
  }
  if (error.syscall === 'getaddrinfo') {
    throw new Error(`Host ${error.hostname} can't be found: choose another with --host.`)
  }
  throw error
}

function greeting({ url, account, client }: Sandbox): string {
  return `Roambi Business (sandbox) listens on ${url}

  Test account   ${account.email} / ${account.password}
  Client id      ${client.clientId}
  Redirect URI   ${client.redirectUri}

Pull a lever:    curl -X POST ${url}/sandbox/expire
All levers:      ${url}`
}
